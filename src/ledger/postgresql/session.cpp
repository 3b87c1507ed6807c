#include "session.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <exception>
#include <utility>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace consent_sync::ledger::postgresql {
namespace {

using Kind = DatabaseError::Kind;

/// By the classes of PostgreSQL's error codes (Appendix A of its manual).
Kind kind_of(std::string_view state) {
  if (state.starts_with("08") || state.starts_with("57P")) return Kind::unreachable;
  if (state == "53100") return Kind::full;
  if (state.starts_with("53")) return Kind::busy;
  if (state == "25006" || state == "42501" || state.starts_with("28")) return Kind::not_writable;
  if (state == "55P03" || state == "57014" || state.starts_with("40")) return Kind::busy;
  if (state.starts_with("XX00") || state == "22P02") return Kind::damaged;
  if (state.starts_with("58")) return Kind::io;
  return Kind::other;
}

constexpr std::size_t most_sent = 256;

std::string trimmed(std::string_view words) {
  while (!words.empty() && std::isspace(static_cast<unsigned char>(words.back())) != 0)
    words.remove_suffix(1);
  std::string line(words);
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return line;
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

/// A call's parameters as libpq takes them; the parameters outlive it.
struct Arrays {
  explicit Arrays(const Parameters& parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const std::optional<std::string>& value = parameters.value(i);
      values.push_back(value ? value->c_str() : nullptr);
      lengths.push_back(value ? static_cast<int>(value->size()) : 0);
      formats.push_back(parameters.is_bytes(i) ? 1 : 0);
    }
  }
  int count() const { return static_cast<int>(values.size()); }

  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

}  // namespace

void Result::Clear::operator()(pg_result* result) const noexcept {
  PQclear(result);
}

int Result::rows() const {
  return PQntuples(result_.get());
}

int Result::changed_rows() const {
  const std::string_view count = PQcmdTuples(result_.get());
  int changed = 0;
  std::from_chars(count.data(), count.data() + count.size(), changed);
  return changed;
}

bool Result::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view Result::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

void Session::Finish::operator()(pg_conn* connection) const noexcept {
  PQfinish(connection);
}

Session::Session(const std::string& url) {
  // Later words outweigh earlier ones: what the URL says comes last. A server that has gone without a word is
  // found out within half a minute.
  const std::array words{
      "connect_timeout", "tcp_user_timeout",          "keepalives_idle", "keepalives_interval",
      "client_encoding", "fallback_application_name", "dbname",          static_cast<const char*>(nullptr)};
  const std::array values{"10",   "30000",        "10",        "5",
                          "UTF8", "consent-sync", url.c_str(), static_cast<const char*>(nullptr)};
  connection_.reset(PQconnectdbParams(words.data(), values.data(), 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw DatabaseError(Kind::unreachable, trimmed(PQerrorMessage(connection_.get())));
  }
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
}

void Session::fail(pg_result* result) const {
  const Result owned(result);
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (PQstatus(connection_.get()) != CONNECTION_OK || state == nullptr) {
    throw DatabaseError(Kind::unreachable, trimmed(PQerrorMessage(connection_.get())));
  }
  // The details of a message may have values of rows in them.
  throw DatabaseError(kind_of(state), trimmed(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
}

Result Session::checked(pg_result* result) const {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(result);
  return Result(result);
}

Result Session::run(const std::string& sql) {
  settle();
  return checked(PQexec(connection_.get(), sql.c_str()));
}

Result Session::run(const std::string& sql, const Parameters& parameters) {
  settle();
  const Arrays arrays(parameters);
  return checked(PQexecParams(connection_.get(), sql.c_str(), arrays.count(), nullptr, arrays.values.data(),
                              arrays.lengths.data(), arrays.formats.data(), 0));
}

void Session::prepare(const std::string& name, const std::string& sql) {
  settle();
  checked(PQprepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr));
}

Result Session::run_prepared(const std::string& name, const Parameters& parameters) {
  settle();
  const Arrays arrays(parameters);
  return checked(PQexecPrepared(connection_.get(), name.c_str(), arrays.count(), arrays.values.data(),
                                arrays.lengths.data(), arrays.formats.data(), 0));
}

void Session::send_prepared(const std::string& name, const Parameters& parameters,
                            std::optional<int> expected) {
  // Their answers lie in the connection until they are read: not so many that it is full of them.
  if (sent_.size() >= most_sent) settle();
  if (sent_.empty() && PQenterPipelineMode(connection_.get()) != 1) fail(nullptr);
  const Arrays arrays(parameters);
  if (PQsendQueryPrepared(connection_.get(), name.c_str(), arrays.count(), arrays.values.data(),
                          arrays.lengths.data(), arrays.formats.data(), 0) != 1) {
    fail(nullptr);
  }
  sent_.push_back(expected);
}

void Session::settle() {
  if (sent_.empty()) return;
  if (PQpipelineSync(connection_.get()) != 1) fail(nullptr);
  std::exception_ptr first;
  for (const std::optional<int>& expected : std::exchange(sent_, {})) {
    try {
      const Result result = checked(PQgetResult(connection_.get()));
      require_changed(result.changed_rows(), expected);
    } catch (const DatabaseError&) {
      if (!first) first = std::current_exception();
    }
    while (pg_result* rest = PQgetResult(connection_.get())) PQclear(rest);
  }
  leave_pipeline();
  if (first) std::rethrow_exception(first);
}

/// After the answer to the synchronisation.
void Session::leave_pipeline() {
  while (pg_result* rest = PQgetResult(connection_.get())) PQclear(rest);
  PQexitPipelineMode(connection_.get());
}

void Session::forget_sent() noexcept {
  try {
    settle();
  } catch (const DatabaseError&) {
    // It was not to be.
  }
}

void Session::copy_in(const std::string& copy, std::string_view rows) {
  settle();
  pg_result* started = PQexec(connection_.get(), copy.c_str());
  if (PQresultStatus(started) != PGRES_COPY_IN) fail(started);
  PQclear(started);
  const bool is_sent = PQputCopyData(connection_.get(), rows.data(), static_cast<int>(rows.size())) == 1 &&
                       PQputCopyEnd(connection_.get(), nullptr) == 1;
  if (!is_sent) fail(nullptr);
  checked(PQgetResult(connection_.get()));
  while (pg_result* rest = PQgetResult(connection_.get())) PQclear(rest);
}

std::string with_numbered_parameters(std::string_view sql) {
  std::string numbered;
  int count = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] != '?') {
      numbered += sql[i];
      continue;
    }
    const bool has_number = i + 1 < sql.size() && std::isdigit(static_cast<unsigned char>(sql[i + 1])) != 0;
    numbered += has_number ? "$" : fmt::format("${}", ++count);
  }
  return numbered;
}

std::string name_of(const std::string& url) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfoParse(url.c_str(), &problem));
  PQfreemem(problem);  // it may have parts of a password in it
  if (!options) {
    throw LedgerError(
        "The setting `ledger` is no URL that PostgreSQL understands: write postgresql://USER@HOST/DATABASE.");
  }
  std::string host;
  std::string database;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    const char* value = option->val == nullptr ? "" : option->val;
    if (keyword == "host" || (keyword == "hostaddr" && host.empty())) host = value;
    if (keyword == "dbname") database = value;
  }
  return fmt::format("postgresql://{}/{}", host, database);
}

}  // namespace consent_sync::ledger::postgresql
