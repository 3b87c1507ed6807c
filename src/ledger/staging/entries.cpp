#include "entries.hpp"

#include "bytes.hpp"
#include "staged_row.hpp"

namespace consent_sync::ledger {
namespace {

using consent::Choice;
using consent::CustomerId;
using consent::Timestamp;

constexpr unsigned slot_shift = 24;
// Parts are places in a mapping: there are few.
constexpr std::uint64_t whole_choice = 0xFFFF;
constexpr std::uint64_t without_say = 0xFFFE;

std::uint64_t code_of(std::optional<consent::Part> part) {
  if (!part) return whole_choice;
  if (*part == consent::no_part) return without_say;
  return *part;
}

std::optional<consent::Part> part_of(std::uint64_t code) {
  if (code == whole_choice) return std::nullopt;
  return code == without_say ? consent::no_part : static_cast<consent::Part>(code);
}

std::int64_t time_of(const StagedRow& row) {
  const std::optional<Said> said = said_in(row);
  return said && said->decided_at ? said->decided_at->time_since_epoch().count() : CustomerEntry::never;
}

std::uint64_t rest_of(const StagedRow& row) {
  const std::optional<Said> said = said_in(row);
  const std::uint64_t slot = static_cast<std::uint64_t>(slot_of(row.line, 0)) << slot_shift;
  if (!said) return slot | whole_choice << 8U | no_choice;
  return slot | code_of(said->part) << 8U | said->choice.code();
}

std::uint64_t big_endian(const AddressDigest& digest, std::size_t from) {
  std::uint64_t number = 0;
  for (std::size_t i = from; i < from + 8; ++i) number = number << 8U | digest[i];
  return number;
}

}  // namespace

bool fits_an_entry(consent::Part part) {
  return part == consent::no_part || part < without_say;
}

CustomerEntry CustomerEntry::of(CustomerId customer, const StagedRow& row) {
  return {customer.value(), time_of(row), rest_of(row)};
}

CustomerRows::Row CustomerEntry::row() const {
  const std::optional<Choice> choice = choice_of(static_cast<std::uint8_t>(rest & 0xFFU));
  const auto slot = static_cast<std::int64_t>(rest >> slot_shift);
  CustomerRows::Row row{line_of(slot), choice.value_or(Choice()), std::nullopt};
  row.account = account_of(slot);
  if (decided_at != never) row.decided_at = Timestamp(std::chrono::microseconds(decided_at));
  row.part = part_of((rest >> 8U) & 0xFFFFU);
  row.is_invalid = !choice;
  return row;
}

AddressEntry AddressEntry::of(const AddressDigest& address, std::uint64_t position, const StagedRow& row) {
  return {big_endian(address, 0), big_endian(address, 8), position, time_of(row), rest_of(row)};
}

AddressDigest AddressEntry::digest() const {
  AddressDigest digest;
  for (unsigned i = 0; i < 8; ++i) {
    digest[i] = static_cast<std::uint8_t>(high >> (56U - 8 * i));
    digest[8 + i] = static_cast<std::uint8_t>(low >> (56U - 8 * i));
  }
  return digest;
}

CustomerEntry AddressEntry::owned_by(CustomerId customer, consent::Account account) const {
  const auto slot = static_cast<std::uint64_t>(slot_of(0, account)) << slot_shift;
  return {customer.value(), decided_at, rest | slot};
}

consent::LineNumber AddressEntry::line() const {
  return static_cast<consent::LineNumber>(rest >> slot_shift);
}

bool AddressEntry::is_invalid() const {
  return (rest & 0xFFU) == no_choice;
}

}  // namespace consent_sync::ledger
