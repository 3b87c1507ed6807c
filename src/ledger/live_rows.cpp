#include "live_rows.hpp"

#include "run_rows.hpp"

namespace consent_sync::ledger {

LiveRows::LiveRows(Connection& connection, std::int64_t run)
    : changed_(connection, run),
      apart_(connection.scan(rows_apart_of_run), run),
      carried_(connection.scan("SELECT line FROM carried_row WHERE run = ? ORDER BY line"), run) {
  step_carried();
  step_apart();
  choose();
}

void LiveRows::step() {
  if (front_ == &apart_row_) {
    step_apart();
  } else {
    changed_.step();
  }
  choose();
}

void LiveRows::choose() {
  front_ = changed_.front();
  if (has_apart_ && (front_ == nullptr || apart_row_.line < front_->line)) front_ = &apart_row_;
}

void LiveRows::step_apart() {
  has_apart_ = apart_.next();
  if (!has_apart_) return;
  read_row(apart_, apart_row_);
  apart_row_.is_carried = is_carried(apart_row_.line);
}

/// Lines rise from call to call.
bool LiveRows::is_carried(consent::LineNumber line) {
  while (carried_line_ && *carried_line_ < line) step_carried();
  return carried_line_ == line;
}

void LiveRows::step_carried() {
  carried_line_ = carried_.next() ? std::optional(carried_.integer(0)) : std::nullopt;
}

}  // namespace consent_sync::ledger
