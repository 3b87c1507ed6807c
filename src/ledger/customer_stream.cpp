#include "customer_stream.hpp"

#include <sqlite3.h>

#include "schema.hpp"
#include "staging/bytes.hpp"

namespace consent_sync::ledger {
namespace {

// A step costs a fraction of what finding a place in the tree does.
constexpr int steps_before_a_jump = 16;

constexpr const char* confirmed_sql =
    "SELECT customer, choice, asked, in_doubt FROM confirmed WHERE store = ? AND customer >= ? ORDER BY "
    "customer";
constexpr const char* observed_sql =
    "SELECT customer, choice, is_there FROM observed WHERE run = ? AND customer >= ? ORDER BY customer";

std::optional<consent::Choice> intact(std::uint8_t byte) {
  const std::optional<consent::Choice> choice = choice_of(byte);
  if (!choice && byte != no_choice) throw SQLite::Exception("a stored choice makes no sense", SQLITE_CORRUPT);
  return choice;
}

}  // namespace

CustomerScan::CustomerScan(Connection& connection, const char* sql) : database_(connection.handle()) {
  if (sqlite3_prepare_v2(database_, sql, -1, &statement_, nullptr) != SQLITE_OK) {
    throw SQLite::Exception(database_, sqlite3_errcode(database_));
  }
}

CustomerScan::CustomerScan(Connection& connection, const char* sql, std::int64_t first)
    : CustomerScan(connection, sql) {
  sqlite3_bind_int64(statement_, 1, first);
}

CustomerScan::CustomerScan(Connection& connection, const char* sql, const std::string& first)
    : CustomerScan(connection, sql) {
  sqlite3_bind_text(statement_, 1, first.data(), static_cast<int>(first.size()), SQLITE_TRANSIENT);
}

CustomerScan::~CustomerScan() {
  sqlite3_finalize(statement_);
}

void CustomerScan::step() {
  const int result = sqlite3_step(statement_);
  at_.reset();
  if (result == SQLITE_ROW) {
    at_ = sqlite3_column_int64(statement_, 0);
  } else if (result != SQLITE_DONE) {
    throw SQLite::Exception(database_, result);
  }
}

void CustomerScan::start_at(std::int64_t customer) {
  sqlite3_reset(statement_);
  sqlite3_bind_int64(statement_, 2, customer);
  started_ = true;
  step();
}

bool CustomerScan::find(std::int64_t customer) {
  if (!started_) start_at(customer);
  for (int steps = 0; at_ && *at_ < customer; ++steps) {
    if (steps < steps_before_a_jump) {
      step();
    } else {
      start_at(customer);
    }
  }
  return at_ == customer;
}

void CustomerScan::rest() {
  sqlite3_reset(statement_);
  started_ = false;
  at_.reset();
}

std::uint8_t CustomerScan::choice(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return no_choice;
  const int value = sqlite3_column_int(statement_, column);
  if (value < 0 || value >= no_choice)
    throw SQLite::Exception("a stored choice makes no sense", SQLITE_CORRUPT);
  return static_cast<std::uint8_t>(value);
}

bool CustomerScan::flag(int column) const {
  return sqlite3_column_int(statement_, column) != 0;
}

CustomerStream::CustomerStream(Staging& staging, const std::string& ledger_path, std::int64_t run,
                               const std::string& store)
    : connection_(ledger_path),
      entries_(staging.customers()),
      confirmed_(connection_, confirmed_sql, store),
      observed_(connection_, observed_sql, run),
      current_{consent::CustomerId::from(1).value(), {}, {}, {}} {
  set_pragmas(connection_);
  if (const CustomerEntry* first = entries_.next()) ahead_ = *first;
}

void CustomerStream::rest() {
  confirmed_.rest();
  observed_.rest();
}

const CustomerRows* CustomerStream::next() {
  if (!ahead_) return nullptr;
  const std::int64_t customer = ahead_->customer;
  current_.customer = consent::CustomerId::from(customer).value();
  current_.rows.clear();
  while (ahead_ && ahead_->customer == customer) {
    current_.rows.push_back(ahead_->row());
    const CustomerEntry* following = entries_.next();
    ahead_ = following == nullptr ? std::nullopt : std::optional(*following);
  }
  current_.base = {};
  current_.observed.reset();
  if (confirmed_.find(customer)) {
    current_.base = {intact(confirmed_.choice(1)), intact(confirmed_.choice(2)), confirmed_.flag(3)};
  }
  if (observed_.find(customer))
    current_.observed = Observation{observed_.flag(2), intact(observed_.choice(1))};
  return &current_;
}

}  // namespace consent_sync::ledger
