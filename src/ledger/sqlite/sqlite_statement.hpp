#pragma once

#include <memory>

#include "../database/connection.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace consent_sync::ledger {

/// For what SQLite answers with one of its result codes: throws DatabaseError, or std::bad_alloc where memory
/// ran out.
[[noreturn]] void throw_sqlite_error(sqlite3* database, int code);

class SqliteStatement final : public Statement {
 public:
  /// The database outlives it.
  SqliteStatement(sqlite3* database, const char* sql);

  void reset() noexcept override;
  void borrow_values() noexcept override { borrows_ = true; }
  void bind_null(int index) override;
  void bind_integer(int index, std::int64_t value) override;
  void bind_real(int index, double value) override;
  void bind_text(int index, std::string_view value) override;
  void bind_bytes(int index, std::string_view value) override;
  int execute() override;
  void execute_later(std::optional<int> expected) override;
  bool step() override;
  bool is_null(int column) override;
  std::int64_t integer(int column) override;
  double real(int column) override;
  std::string_view text(int column) override;
  std::string_view bytes(int column) override;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  using Lifetime = void (*)(void*);  // as SQLite has it

  Lifetime lifetime() const;
  void check(int code);

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  bool borrows_ = false;
};

}  // namespace consent_sync::ledger
