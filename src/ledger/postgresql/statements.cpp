#include "statements.hpp"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include <consent_sync/consent/utf8.hpp>

namespace consent_sync::ledger::postgresql {
namespace {

constexpr int first_fetch = 64;
constexpr int largest_fetch = 4096;
constexpr std::size_t bytes_of_one_copy = std::size_t{1} << 20U;

[[noreturn]] void fail(const char* what) {
  throw DatabaseError(DatabaseError::Kind::damaged, what);
}

template <class Number>
Number parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail("a stored number makes no sense");
  return value;
}

unsigned digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  fail("stored bytes make no sense");
}

/// A field as COPY reads it in text format.
void put_field(std::string& line, std::string_view value) {
  for (const char c : value) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\t':
        line += "\\t";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      default:
        line += c;
    }
  }
}

void put_bytes(std::string& line, std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  line += "\\\\x";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    line += digits[byte >> 4U];
    line += digits[byte & 0xFU];
  }
}

std::string copy_of(std::string_view insert) {
  constexpr std::string_view before = "INSERT INTO ";
  const std::size_t values = insert.find(" VALUES (?");
  if (!insert.starts_with(before) || values == std::string_view::npos)
    throw std::logic_error("not a plain insertion");
  return fmt::format("COPY {} FROM STDIN", insert.substr(before.size(), values - before.size()));
}

}  // namespace

void PostgresStatement::bind_integer(int index, std::int64_t value) {
  parameters_.set_text(index, std::to_string(value));
}

void PostgresStatement::bind_real(int index, double value) {
  parameters_.set_text(index, fmt::format("{}", value));
}

// PostgreSQL takes nothing else for text.
void PostgresStatement::bind_text(int index, std::string_view value) {
  std::string clean = consent::clean_utf8(value);
  for (std::size_t at = 0; (at = clean.find('\0', at)) != std::string::npos;) {
    clean.replace(at, 1, consent::replacement_character);
  }
  parameters_.set_text(index, std::move(clean));
}

std::int64_t PostgresStatement::integer(int column) {
  const std::string_view value = text(column);
  if (value == "t") return 1;
  if (value == "f") return 0;
  return value.empty() ? 0 : parse<std::int64_t>(value);
}

double PostgresStatement::real(int column) {
  return parse<double>(text(column));
}

std::string_view PostgresStatement::bytes(int column) {
  std::string_view hex = text(column);
  bytes_.clear();
  if (hex.empty()) return bytes_;
  if (!hex.starts_with("\\x") || hex.size() % 2 != 0) fail("stored bytes make no sense");
  hex.remove_prefix(2);
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes_ += static_cast<char>(digit(hex[i]) << 4U | digit(hex[i + 1]));
  return bytes_;
}

PreparedStatement::PreparedStatement(Session& session, std::string_view sql)
    : session_(session), sql_(with_numbered_parameters(sql)) {}

void PreparedStatement::prepare() {
  if (!name_.empty()) return;
  std::string name = fmt::format("s{}", session_.next_number());
  session_.prepare(name, sql_);
  name_ = std::move(name);
}

void PreparedStatement::reset() noexcept {
  rows_ = Result();
  row_ = -1;
}

int PreparedStatement::execute() {
  prepare();
  return session_.run_prepared(name_, parameters_).changed_rows();
}

void PreparedStatement::execute_later(std::optional<int> expected) {
  prepare();
  session_.send_prepared(name_, parameters_, expected);
}

bool PreparedStatement::step() {
  if (!rows_) {
    prepare();
    rows_ = session_.run_prepared(name_, parameters_);
  }
  return ++row_ < rows_.rows();
}

void Cursors::transaction_ended() {
  is_in_transaction_ = false;
  open_here_ = 0;
  ++generation_;
}

void Cursors::open() {
  if (is_in_transaction_) return;
  if (open_here_ == 0) session_.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  ++open_here_;
}

void Cursors::close() {
  if (is_in_transaction_ || open_here_ == 0 || --open_here_ > 0) return;
  ++generation_;
  session_.run("COMMIT");
}

CursorStatement::CursorStatement(Session& session, Cursors& cursors, std::string_view sql)
    : session_(session), cursors_(cursors), sql_(with_numbered_parameters(sql)) {}

void CursorStatement::open() {
  cursors_.open();
  name_ = fmt::format("c{}", session_.next_number());
  generation_ = cursors_.generation();
  fetch_ = first_fetch;
  is_at_end_ = false;
  session_.run(fmt::format("DECLARE {} NO SCROLL CURSOR FOR {}", name_, sql_), parameters_);
}

void CursorStatement::reset() noexcept {
  rows_ = Result();
  row_ = -1;
  if (is_open()) {
    try {
      session_.run("CLOSE " + name_);
      cursors_.close();
    } catch (const DatabaseError&) {
      // Whatever it was, the next statement meets it, too.
    }
  }
  name_.clear();
}

int CursorStatement::execute() {
  throw std::logic_error("a query is not executed");
}

void CursorStatement::execute_later(std::optional<int>) {
  execute();
}

bool CursorStatement::step() {
  if (name_.empty()) open();
  if (rows_ && ++row_ < rows_.rows()) return true;
  if (is_at_end_) return false;
  if (!is_open()) throw std::logic_error("a query is read beyond its transaction");
  rows_ = session_.run(fmt::format("FETCH {} FROM {}", fetch_, name_));
  row_ = 0;
  is_at_end_ = rows_.rows() < fetch_;
  fetch_ = std::min(fetch_ * 4, largest_fetch);
  return rows_.rows() > 0;
}

AppendStatement::AppendStatement(Session& session, std::string_view sql)
    : session_(session), copy_(copy_of(sql)) {}

int AppendStatement::execute() {
  throw std::logic_error("rows are added later");
}

void AppendStatement::execute_later(std::optional<int>) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (i != 0) rows_to_add_ += '\t';
    const std::optional<std::string>& value = parameters_.value(i);
    if (!value) {
      rows_to_add_ += "\\N";
    } else if (parameters_.is_bytes(i)) {
      put_bytes(rows_to_add_, *value);
    } else {
      put_field(rows_to_add_, *value);
    }
  }
  rows_to_add_ += '\n';
  if (rows_to_add_.size() >= bytes_of_one_copy) flush();
}

bool AppendStatement::step() {
  throw std::logic_error("an insertion has no rows");
}

void AppendStatement::flush() {
  if (rows_to_add_.empty()) return;
  session_.copy_in(copy_, rows_to_add_);
  rows_to_add_.clear();
}

}  // namespace consent_sync::ledger::postgresql
