#pragma once

#include <memory>
#include <string>

#include "../database/connection.hpp"

struct sqlite3;

namespace consent_sync::ledger {

/// A ledger in a file. Whoever writes keeps all others from writing.
class SqliteConnection final : public Connection {
 public:
  /// Opens a file that exists; touches nothing in it. Throws LedgerError.
  explicit SqliteConnection(const std::string& path);
  ~SqliteConnection() override;

  void run_script(const char* sql) override;
  std::unique_ptr<Connection> another() const override;
  void own(const std::string&) override {}  // the whole file is
  void begin_read() override;
  std::string traces_of_deleted() override;
  std::string beyond_reach() const override { return {}; }

  HashKey hash_key() override;

  std::int64_t read_number(const char* sql);
  void set_pragmas();

 protected:
  std::unique_ptr<Statement> prepare(const char* sql, Rows rows) override;
  void begin_write() override;
  void commit() override;
  void rollback() noexcept override;
  std::string describe(const DatabaseError& error) const override;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };

  const std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

/// Opens or makes the file, its owner's only, and brings what is in it to this version. Throws LedgerError.
std::unique_ptr<Connection> open_sqlite_ledger(const std::string& path);

}  // namespace consent_sync::ledger
