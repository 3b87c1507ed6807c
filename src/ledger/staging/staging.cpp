#include "staging.hpp"

#include <fmt/format.h>

#include "../accounts.hpp"
#include "bytes.hpp"

namespace consent_sync::ledger {
namespace {

using consent::Choice;
using consent::CustomerId;
using consent::Outcome;
using consent::Timestamp;

constexpr unsigned is_understood = 1;
constexpr unsigned has_time = 2;
constexpr unsigned has_customer = 4;  // of a row that was not understood
constexpr unsigned has_part = 8;
constexpr unsigned has_address = 16;  // in place of the customer's number

constexpr unsigned slot_shift = 24;
// Parts are places in a mapping: there are few.
constexpr std::uint64_t whole_choice = 0xFFFF;
constexpr std::uint64_t without_say = 0xFFFE;

std::uint64_t code_of(std::optional<consent::Part> part) {
  if (!part) return whole_choice;
  if (*part == consent::no_part) return without_say;
  if (*part >= without_say)
    throw LedgerError("The mapping has more categories than a ledger can tell apart.");
  return *part;
}

std::optional<consent::Part> part_of(std::uint64_t code) {
  if (code == whole_choice) return std::nullopt;
  return code == without_say ? consent::no_part : static_cast<consent::Part>(code);
}

/// What a row says, whoever its customer is.
struct Said {
  Choice choice;
  std::optional<Timestamp> decided_at;
  std::optional<consent::Part> part;
};

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
    if (said->decided_at) put_signed(out, said->decided_at->time_since_epoch().count());
  } else {
    put_text(out, row.reason);
  }
  out += row.source;
}

CustomerId customer_of(std::uint64_t number) {
  return CustomerId::from(static_cast<std::int64_t>(number)).value();
}

Said decode_said(ByteReader& bytes, unsigned flags) {
  Said said{Choice::from_code(bytes.byte()).value(), std::nullopt, std::nullopt};
  if ((flags & has_part) != 0) said.part = static_cast<consent::Part>(bytes.number());
  if ((flags & has_time) != 0) said.decided_at = Timestamp(std::chrono::microseconds(bytes.signed_number()));
  return said;
}

/// Into a row that is used again and again, so that its texts keep their room.
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
  if ((flags & has_customer) != 0) customer = customer_of(bytes.number());
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

/// A row that has turned out to be this customer's.
void give_to(CustomerId customer, StagedRow& row) {
  if (row.by_email) {
    row.record =
        consent::Record{customer, row.by_email->choice, row.by_email->decided_at, row.by_email->part};
  } else {
    row.customer = customer;
  }
}

std::uint64_t big_endian(const AddressDigest& digest, std::size_t from) {
  std::uint64_t number = 0;
  for (std::size_t i = from; i < from + 8; ++i) number = number << 8U | digest[i];
  return number;
}

consent::Base base_of(std::uint8_t held, std::uint8_t asked, bool in_doubt) {
  return {choice_of(held), choice_of(asked), in_doubt};
}

}  // namespace

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

AddressDigest AddressEntry::digest() const {
  AddressDigest digest;
  for (unsigned i = 0; i < 8; ++i) {
    digest[i] = static_cast<std::uint8_t>(high >> (56U - 8 * i));
    digest[8 + i] = static_cast<std::uint8_t>(low >> (56U - 8 * i));
  }
  return digest;
}

CustomerEntry AddressEntry::of(CustomerId customer, consent::Account account) const {
  const auto slot = static_cast<std::uint64_t>(slot_of(0, account)) << slot_shift;
  return {customer.value(), decided_at, rest | slot};
}

consent::LineNumber AddressEntry::line() const {
  return static_cast<consent::LineNumber>(rest >> slot_shift);
}

bool AddressEntry::is_invalid() const {
  return (rest & 0xFFU) == no_choice;
}

void to_result(const RowPlan& row, RowResult& result) {
  result.line = row.row.line;
  result.customer = customer_of(row.row);
  result.decided_at.reset();
  if (const std::optional<Said> said = said_in(row.row)) result.decided_at = said->decided_at;
  result.outcome = row.plan.outcome;
  result.before = row.plan.before;
  result.after = row.plan.after;
  result.reason = row.plan.reason;
  result.accounts.clear();
  for (const RowPlan::Owner& owner : row.owners) {
    const PlannedRow& plan = owner.plan;
    result.accounts.push_back({owner.customer, plan.outcome, plan.before, plan.after, 0, 0, plan.reason});
  }
  if (!result.accounts.empty()) sum_up(result);
  result.source.clear();
  if (classify(result.outcome) != consent::OutcomeClass::ok) result.source = row.row.source;
}

void Staging::stage(std::span<const StagedRow> rows, AddressDigester* digester) {
  consent::LineNumber last = last_line_;
  bool have_addresses = false;
  for (const StagedRow& row : rows) {
    if (row.line <= last) throw LedgerError(fmt::format("Line {} was staged after line {}.", row.line, last));
    if (row.line > most_lines)
      throw LedgerError(fmt::format("Line {} is beyond what a ledger can hold.", row.line));
    if (const std::optional<Said> said = said_in(row)) code_of(said->part);
    have_addresses = have_addresses || !ledger::address_of(row).empty();
    last = row.line;
  }
  customers_.make_room(rows.size());
  if (have_addresses) addresses_.make_room(rows.size());
  const std::uint64_t before = rows_.size();
  std::vector<std::uint64_t> positions;
  positions.reserve(rows.size());
  try {
    for (const StagedRow& row : rows) {
      encode(row, scratch_);
      positions.push_back(rows_.append(scratch_));
    }
  } catch (...) {
    rows_.cut(before);
    throw;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) remember(rows[i], positions[i], digester);
  has_addresses_ = has_addresses_ || have_addresses;
  count_ += rows.size();
  last_line_ = last;
}

void Staging::remember(const StagedRow& row, std::uint64_t position, AddressDigester* digester) {
  if (const std::optional<CustomerId> customer = customer_of(row)) {
    customers_.add({customer->value(), time_of(row), rest_of(row)});
  } else if (const std::string& address = ledger::address_of(row); !address.empty()) {
    const AddressDigest digest = (*digester)(address);
    addresses_.add({big_endian(digest, 0), big_endian(digest, 8), position, time_of(row), rest_of(row)});
  }
}

std::string Staging::address_of(const AddressEntry& entry) {
  StagedRow row;
  decode(rows_.read_at(entry.position), row);
  return ledger::address_of(row);
}

void Staging::assign(const AddressEntry& entry, const std::vector<CustomerId>& customers) {
  customers_.make_room(customers.size());
  owners_.make_room(customers.size());
  for (std::size_t i = 0; i < customers.size(); ++i) {
    const auto account = static_cast<consent::Account>(customers.size() == 1 ? 0 : i + 1);
    customers_.add(entry.of(customers[i], account));
    owners_.add({slot_of(entry.line(), account), customers[i].value()});
  }
}

void Staging::plan(std::span<const PlannedRow> rows) {
  plan_.make_room(rows.size());
  // Reasons whose rows were not added are never asked for.
  std::vector<PlanEntry> entries;
  entries.reserve(rows.size());
  for (const PlannedRow& row : rows) entries.push_back(entry_of(row));
  for (const PlanEntry& entry : entries) plan_.add(entry);
}

PlanEntry Staging::entry_of(const PlannedRow& row) {
  PlanEntry entry{};
  entry.slot = slot_of(row.line, row.account);
  entry.reason = row.reason.empty() ? PlanEntry::none : reasons_.append(row.reason);
  entry.outcome = row.outcome;
  entry.before = byte_of(row.before);
  entry.after = byte_of(row.after);
  entry.settled_held = row.settles ? byte_of(row.settles->held) : no_choice;
  entry.settled_asked = row.settles ? byte_of(row.settles->asked) : no_choice;
  entry.has_change = row.change.has_value();
  const auto carrier = static_cast<std::uint64_t>(slot_of(row.carried_by.value_or(0), row.carrier_account));
  entry.carrier_high = static_cast<std::uint8_t>(carrier >> 32U);
  entry.carrier_low = static_cast<std::uint32_t>(carrier & 0xFFFFFFFFU);
  if (row.change) {
    entry.wanted = row.change->wanted.code();
    entry.input = row.change->input.code();
    entry.base_held = byte_of(row.change->base.held);
    entry.base_asked = byte_of(row.change->base.asked);
    entry.in_doubt = row.change->base.in_doubt;
  }
  return entry;
}

void Staging::read_plan(const PlanEntry& entry, std::optional<CustomerId> customer, PlannedRow& plan) {
  plan.outcome = entry.outcome;
  plan.before = choice_of(entry.before);
  plan.after = choice_of(entry.after);
  plan.reason.clear();
  plan.settles.reset();
  plan.carried_by.reset();
  plan.change.reset();
  if (entry.reason != PlanEntry::none) plan.reason = reasons_.read_at(entry.reason);
  if (const std::optional<Choice> held = choice_of(entry.settled_held)) {
    plan.settles = base_of(entry.settled_held, entry.settled_asked, false);
  }
  const auto carrier =
      static_cast<std::int64_t>(std::uint64_t{entry.carrier_high} << 32U | entry.carrier_low);
  if (carrier != 0) {
    plan.carried_by = line_of(carrier);
    plan.carrier_account = account_of(carrier);
  }
  if (entry.has_change && customer) {
    plan.change = consent::Change{plan.line,
                                  *customer,
                                  plan.before,
                                  choice_of(entry.wanted).value(),
                                  choice_of(entry.input).value(),
                                  base_of(entry.base_held, entry.base_asked, entry.in_doubt),
                                  plan.account};
  }
}

namespace {

/// As it is before anything is planned.
void start(RowPlan& row) {
  PlannedRow& plan = row.plan;
  plan.line = row.row.line;
  plan.outcome = said_in(row.row) ? Outcome::pending : Outcome::invalid;
  plan.reason = row.row.reason;
  plan.before.reset();
  plan.after.reset();
  plan.change.reset();
  plan.settles.reset();
  plan.carried_by.reset();
  row.owners.clear();
}

/// Takes the owners of the row from where the reader is.
const OwnerEntry* take_owners(ExternalSort<OwnerEntry>::Reader& owners, const OwnerEntry* owner,
                              RowPlan& row) {
  for (; owner != nullptr && line_of(owner->slot) <= row.row.line; owner = owners.next()) {
    if (line_of(owner->slot) != row.row.line) continue;
    const CustomerId customer = customer_of(static_cast<std::uint64_t>(owner->customer));
    const consent::Account account = account_of(owner->slot);
    if (account <= 1) give_to(customer, row.row);
    // Of a row that was not understood no more has to be known.
    if (account == 0 || !said_in(row.row)) continue;
    row.owners.push_back({customer, row.plan});
    row.owners.back().plan.account = account;
  }
  return owner;
}

/// Whose plan an entry is; null for nobody's that counts.
PlannedRow* place_of(const PlanEntry& entry, RowPlan& row) {
  if (line_of(entry.slot) != row.row.line || !said_in(row.row)) return nullptr;
  const consent::Account account = account_of(entry.slot);
  if (account == 0) return &row.plan;
  return account <= row.owners.size() ? &row.owners[account - 1U].plan : nullptr;
}

}  // namespace

void Staging::for_each(const std::function<void(const RowPlan&)>& visit) {
  ByteLog::Reader log(rows_);
  ExternalSort<PlanEntry>::Reader plans = plan_.read();
  ExternalSort<OwnerEntry>::Reader owners = owners_.read();
  const PlanEntry* planned = plans.next();
  const OwnerEntry* owner = owners.next();
  RowPlan row;
  std::string_view entry;
  while (log.next(entry)) {
    decode(entry, row.row);
    start(row);
    owner = take_owners(owners, owner, row);
    for (; planned != nullptr && line_of(planned->slot) <= row.row.line; planned = plans.next()) {
      PlannedRow* plan = place_of(*planned, row);
      if (plan == nullptr) continue;
      const bool is_whole = plan == &row.plan;
      read_plan(*planned, is_whole ? customer_of(row.row) : row.owners[plan->account - 1U].customer, *plan);
    }
    visit(row);
  }
}

}  // namespace consent_sync::ledger
