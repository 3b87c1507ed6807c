#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <string>
#include <unordered_map>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {

/// One connection to a ledger file, with its prepared statements. One thread at a time.
class Connection {
 public:
  /// Opens a file that exists; touches nothing in it. Throws LedgerError.
  explicit Connection(const std::string& path);

  const std::string& path() const { return path_; }

  /// The statement for this text, prepared once. Texts are literals: they are told apart by their address.
  SQLite::Statement& prepared(const char* sql);

  /// For what SQLite itself does faster: belongs to this object.
  sqlite3* handle() { return database_.getHandle(); }

  void run_script(const char* sql) { database_.exec(sql); }
  std::int64_t read_number(const char* sql) { return database_.execAndGet(sql).getInt64(); }

  /// Does `work`, turning any SQLite error into a LedgerError that says what to do.
  template <class Work>
  auto guarded(Work work) const {
    try {
      return work();
    } catch (const SQLite::Exception& error) {
      throw LedgerError(describe(error));
    }
  }

  /// Does `work` in one transaction that takes the write lock at its start: it is on disk, or it did not
  /// happen.
  template <class Work>
  void write(Work work) {
    guarded([&] {
      SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
      work();
      transaction.commit();
    });
  }

 private:
  std::string describe(const SQLite::Exception& error) const;

  std::string path_;
  SQLite::Database database_;
  std::unordered_map<const char*, SQLite::Statement> prepared_;
};

}  // namespace consent_sync::ledger
