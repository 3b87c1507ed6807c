#include "row_block.hpp"

#include "database/connection.hpp"
#include "staging/bytes.hpp"
#include "stored_outcome.hpp"

namespace consent_sync::ledger {
namespace {

constexpr unsigned names_customer = 1;
constexpr unsigned tells_time = 2;
constexpr unsigned tells_reason = 4;
constexpr unsigned is_carried = 8;

}  // namespace

void RowBlock::add(const RowResult& row) {
  if (count_++ == 0) first_line_ = last_line_ = row.line;
  // The time is only of use to whoever mends the row.
  const bool keeps_time = row.decided_at && classify(row.outcome) != consent::OutcomeClass::ok;
  put_number(bytes_, static_cast<std::uint64_t>(row.line - last_line_));
  put_byte(bytes_, (row.customer ? names_customer : 0) | (keeps_time ? tells_time : 0) |
                       (row.reason.empty() ? 0 : tells_reason) | (row.is_carried ? is_carried : 0));
  if (row.customer) put_number(bytes_, static_cast<std::uint64_t>(row.customer->value()));
  if (keeps_time) put_signed(bytes_, microseconds(*row.decided_at));
  put_byte(bytes_, code_of(row.outcome));
  put_byte(bytes_, byte_of(row.before));
  put_byte(bytes_, byte_of(row.after));
  if (!row.reason.empty()) put_text(bytes_, row.reason);
  last_line_ = row.line;
}

void RowBlock::clear() {
  bytes_.clear();
  count_ = 0;
}

bool may_have(std::string_view block, consent::CustomerId customer) {
  std::string id;
  put_number(id, static_cast<std::uint64_t>(customer.value()));
  return block.find(id) != std::string_view::npos;
}

bool RowBlockReader::next(RowResult& row) {
  if (at_ == bytes_.size()) return false;
  read_stored([&] { read(row); });
  return true;
}

void RowBlockReader::read(RowResult& row) {
  ByteReader bytes(std::string_view(bytes_).substr(at_));
  row.line = line_ += static_cast<consent::LineNumber>(bytes.number());
  const unsigned flags = bytes.byte();
  row.customer.reset();
  row.decided_at.reset();
  row.reason.clear();
  row.is_carried = (flags & is_carried) != 0;
  if ((flags & names_customer) != 0)
    row.customer = consent::CustomerId::from(static_cast<std::int64_t>(bytes.number()));
  if ((flags & tells_time) != 0) {
    row.decided_at = timestamp_of(bytes.signed_number());
  }
  row.outcome = outcome_of(bytes.byte());
  row.before = choice_of(bytes.byte());
  row.after = choice_of(bytes.byte());
  if ((flags & tells_reason) != 0) row.reason = bytes.text();
  at_ = bytes_.size() - bytes.left();
}

}  // namespace consent_sync::ledger
