#pragma once

#include <string>

#include "session.hpp"

namespace consent_sync::ledger::postgresql {

/// What all kinds of statements have in common: their parameters, and the rows that were fetched last.
class PostgresStatement : public Statement {
 public:
  void bind_null(int index) override { parameters_.set_null(index); }
  void bind_integer(int index, std::int64_t value) override;
  void bind_real(int index, double value) override;
  void bind_text(int index, std::string_view value) override;
  void bind_bytes(int index, std::string_view value) override { parameters_.set_bytes(index, value); }

  bool is_null(int column) override { return rows_.is_null(row_, column); }
  std::int64_t integer(int column) override;
  double real(int column) override;
  std::string_view text(int column) override { return rows_.text(row_, column); }
  std::string_view bytes(int column) override;

 protected:
  Parameters parameters_;
  Result rows_;
  int row_ = -1;

 private:
  std::string bytes_;  ///< of the last bytes()
};

/// Prepared on the server; its rows come all at once.
class PreparedStatement final : public PostgresStatement {
 public:
  /// The session outlives it.
  PreparedStatement(Session& session, std::string_view sql);

  void reset() noexcept override;
  int execute() override;
  void execute_later(std::optional<int> expected) override;
  bool step() override;

 private:
  void prepare();

  Session& session_;
  const std::string sql_;
  std::string name_;  ///< empty: not prepared yet
};

/// Who has cursors open, and whether there is a transaction for them. A cursor lives in one.
class Cursors {
 public:
  explicit Cursors(Session& session) : session_(session) {}

  /// A transaction of the connection's begins, or has ended, and all cursors with it.
  void transaction_began() { is_in_transaction_ = true; }
  void transaction_ended();

  /// Outside any transaction, the first cursor begins one of its own, and the last one ends it.
  void open();
  void close();
  /// Changes whenever open cursors are gone.
  std::uint64_t generation() const { return generation_; }

 private:
  Session& session_;
  bool is_in_transaction_ = false;
  int open_here_ = 0;  ///< in a transaction of their own
  std::uint64_t generation_ = 0;
};

/// Its rows come by the thousand.
class CursorStatement final : public PostgresStatement {
 public:
  /// The references outlive it.
  CursorStatement(Session& session, Cursors& cursors, std::string_view sql);

  void reset() noexcept override;
  int execute() override;
  void execute_later(std::optional<int> expected) override;
  bool step() override;

 private:
  void open();
  bool is_open() const { return !name_.empty() && generation_ == cursors_.generation(); }

  Session& session_;
  Cursors& cursors_;
  const std::string sql_;
  std::string name_;
  std::uint64_t generation_ = 0;
  int fetch_ = 0;  ///< rows at a time: more and more, for who reads one row may want no other
  bool is_at_end_ = false;
};

/// Adds rows by COPY, when there are many of them or the transaction is committed.
class AppendStatement final : public PostgresStatement {
 public:
  /// `sql`: INSERT INTO table (columns) VALUES (?, ...). The session outlives it.
  AppendStatement(Session& session, std::string_view sql);

  void reset() noexcept override {}
  int execute() override;
  void execute_later(std::optional<int> expected) override;
  bool step() override;

  void flush();
  void discard() { rows_to_add_.clear(); }

 private:
  Session& session_;
  const std::string copy_;
  std::string rows_to_add_;
};

}  // namespace consent_sync::ledger::postgresql
