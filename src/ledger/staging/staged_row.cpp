#include "staged_row.hpp"

#include "bytes.hpp"

namespace consent_sync::ledger {
namespace {

using consent::Choice;
using consent::CustomerId;
using consent::Timestamp;

constexpr unsigned is_understood = 1;
constexpr unsigned has_time = 2;
constexpr unsigned has_customer = 4;  // of a row that was not understood
constexpr unsigned has_part = 8;
constexpr unsigned has_address = 16;  // in place of the customer's number

CustomerId customer_numbered(std::uint64_t number) {
  return CustomerId::from(static_cast<std::int64_t>(number)).value();
}

Said decode_said(ByteReader& bytes, unsigned flags) {
  Said said{Choice::from_code(bytes.byte()).value(), std::nullopt, std::nullopt};
  if ((flags & has_part) != 0) said.part = static_cast<consent::Part>(bytes.number());
  if ((flags & has_time) != 0) said.decided_at = timestamp_of(bytes.signed_number());
  return said;
}

}  // namespace

std::optional<Said> said_in(const StagedRow& row) {
  if (row.record) return Said{row.record->choice, row.record->decided_at, row.record->part};
  if (row.by_email) return Said{row.by_email->choice, row.by_email->decided_at, row.by_email->part};
  return std::nullopt;
}

std::optional<CustomerId> customer_of(const StagedRow& row) {
  return row.record ? std::optional(row.record->customer) : row.customer;
}

const std::string& address_of(const StagedRow& row) {
  return row.by_email ? row.by_email->email : row.email;
}

void give_to(CustomerId customer, StagedRow& row) {
  if (row.by_email) {
    row.record =
        consent::Record{customer, row.by_email->choice, row.by_email->decided_at, row.by_email->part};
  } else {
    row.customer = customer;
  }
}

void encode(const StagedRow& row, std::string& out) {
  out.clear();
  put_number(out, static_cast<std::uint64_t>(row.line));
  const std::optional<Said> said = said_in(row);
  const std::optional<CustomerId> customer = customer_of(row);
  const std::string& address = address_of(row);
  unsigned flags = customer ? has_customer : 0;
  if (said) flags |= is_understood | (said->decided_at ? has_time : 0) | (said->part ? has_part : 0);
  if (!address.empty()) flags |= has_address;
  put_byte(out, flags);
  if (customer) put_number(out, static_cast<std::uint64_t>(customer->value()));
  if (!address.empty()) put_text(out, address);
  if (said) {
    put_byte(out, said->choice.code());
    if (said->part) put_number(out, *said->part);
    if (said->decided_at) put_signed(out, microseconds(*said->decided_at));
  } else {
    put_text(out, row.reason);
  }
  out += row.source;
}

void decode(std::string_view entry, StagedRow& row) {
  ByteReader bytes(entry);
  row.line = static_cast<consent::LineNumber>(bytes.number());
  const unsigned flags = bytes.byte();
  row.record.reset();
  row.customer.reset();
  row.by_email.reset();
  row.email.clear();
  row.reason.clear();
  std::optional<CustomerId> customer;
  if ((flags & has_customer) != 0) customer = customer_numbered(bytes.number());
  if ((flags & has_address) != 0) row.email = bytes.text();
  if ((flags & is_understood) != 0) {
    const Said said = decode_said(bytes, flags);
    if (customer) {
      row.record = consent::Record{*customer, said.choice, said.decided_at, said.part};
    } else {
      row.by_email = consent::RecordByEmail{row.email, said.choice, said.decided_at, said.part};
      row.email.clear();
    }
  } else {
    row.customer = customer;
    row.reason = bytes.text();
  }
  row.source = entry.substr(entry.size() - bytes.left());
}

}  // namespace consent_sync::ledger
