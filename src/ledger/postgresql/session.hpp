#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../database/connection.hpp"

struct pg_conn;
struct pg_result;

namespace consent_sync::ledger::postgresql {

/// The parameters of one statement, as texts; bytes as bytes.
class Parameters {
 public:
  void set_null(int index) { at(index).value.reset(); }
  void set_text(int index, std::string value) { at(index) = {std::move(value), false}; }
  void set_bytes(int index, std::string_view value) { at(index) = {std::string(value), true}; }

  std::size_t size() const { return parameters_.size(); }
  const std::optional<std::string>& value(std::size_t i) const { return parameters_[i].value; }
  bool is_bytes(std::size_t i) const { return parameters_[i].is_bytes; }

 private:
  struct Parameter {
    std::optional<std::string> value;
    bool is_bytes = false;
  };
  Parameter& at(int index) {
    const auto i = static_cast<std::size_t>(index - 1);
    if (parameters_.size() <= i) parameters_.resize(i + 1);
    return parameters_[i];
  }

  std::vector<Parameter> parameters_;
};

/// What a statement answered.
class Result {
 public:
  Result() = default;
  explicit Result(pg_result* result) : result_(result) {}

  pg_result* get() const { return result_.get(); }
  explicit operator bool() const { return result_ != nullptr; }
  int rows() const;
  int changed_rows() const;
  bool is_null(int row, int column) const;
  std::string_view text(int row, int column) const;

 private:
  struct Clear {
    void operator()(pg_result* result) const noexcept;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

/// A connection to a PostgreSQL server, by libpq. What goes wrong throws DatabaseError. One thread at a time.
class Session {
 public:
  /// `url` as libpq takes it. Waits for an answer 10 s at most, unless the URL has a connect_timeout.
  explicit Session(const std::string& url);

  Result run(const std::string& sql);
  Result run(const std::string& sql, const Parameters& parameters);
  void prepare(const std::string& name, const std::string& sql);
  Result run_prepared(const std::string& name, const Parameters& parameters);
  /// Sends it and does not wait for the answer. Whatever runs next, or settle(), does: it then throws what
  /// went wrong.
  void send_prepared(const std::string& name, const Parameters& parameters, std::optional<int> expected);
  void settle();
  /// Sent and not settled: forgotten. For a transaction that is not to be committed.
  void forget_sent() noexcept;
  /// `copy` is a COPY ... FROM STDIN in text format.
  void copy_in(const std::string& copy, std::string_view rows);
  /// A number that no statement or cursor of this session has had.
  std::uint64_t next_number() { return ++number_; }

 private:
  struct Finish {
    void operator()(pg_conn* connection) const noexcept;
  };

  [[noreturn]] void fail(pg_result* result) const;
  Result checked(pg_result* result) const;

  std::unique_ptr<pg_conn, Finish> connection_;
  void leave_pipeline();

  std::uint64_t number_ = 0;
  std::deque<std::optional<int>> sent_;  ///< what each is to change
};

/// `sql` with PostgreSQL's parameters ($1) in place of SQLite's (? and ?1).
std::string with_numbered_parameters(std::string_view sql);

/// What messages call the ledger: "postgresql://HOST/DATABASE", without user and password. Throws
/// LedgerError, which does not repeat the URL, if libpq does not understand it.
std::string name_of(const std::string& url);

}  // namespace consent_sync::ledger::postgresql
