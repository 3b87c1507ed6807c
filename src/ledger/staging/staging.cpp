#include "staging.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bytes.hpp"
#include "staged_row.hpp"

namespace consent_sync::ledger {
namespace {

using consent::Choice;
using consent::CustomerId;
using consent::Outcome;

consent::Base base_of(std::uint8_t held, std::uint8_t asked, bool in_doubt) {
  return {choice_of(held), choice_of(asked), in_doubt};
}

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
    const CustomerId customer = CustomerId::from(owner->customer).value();
    const consent::Account account = account_of(owner->slot);
    if (account <= 1) give_to(customer, row.row);
    if (account == 0) continue;
    row.owners.push_back({customer, row.plan});
    row.owners.back().plan.account = account;
  }
  return owner;
}

/// Of the i-th of so many. Those beyond what can be told apart are told apart by nothing: no row speaks for
/// them.
consent::Account account_of_owner(std::size_t i, std::size_t count) {
  if (count == 1) return 0;
  return static_cast<consent::Account>(std::min<std::size_t>(i + 1, consent::most_accounts));
}

/// Whose plan an entry is; null for nobody's that counts.
PlannedRow* place_of(const PlanEntry& entry, RowPlan& row) {
  if (line_of(entry.slot) != row.row.line || !said_in(row.row)) return nullptr;
  const consent::Account account = account_of(entry.slot);
  if (account == 0) return &row.plan;
  return account <= row.owners.size() ? &row.owners[account - 1U].plan : nullptr;
}

void require_part_fits(const StagedRow& row) {
  const std::optional<Said> said = said_in(row);
  if (said && said->part && !fits_an_entry(*said->part))
    throw LedgerError("The mapping has more categories than a ledger can tell apart.");
}

}  // namespace

void Staging::stage(std::span<const StagedRow> rows, AddressDigester* digester) {
  consent::LineNumber last = last_line_;
  bool have_addresses = false;
  for (const StagedRow& row : rows) {
    if (row.line <= last) throw LedgerError(fmt::format("Line {} was staged after line {}.", row.line, last));
    if (row.line > most_lines)
      throw LedgerError(fmt::format("Line {} is beyond what a ledger can hold.", row.line));
    require_part_fits(row);
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
  last_line_ = last;
}

void Staging::remember(const StagedRow& row, std::uint64_t position, AddressDigester* digester) {
  if (const std::optional<CustomerId> customer = customer_of(row)) {
    customers_.add(CustomerEntry::of(*customer, row));
  } else if (const std::string& address = ledger::address_of(row); !address.empty()) {
    addresses_.add(AddressEntry::of((*digester)(address), position, row));
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
  for (std::size_t i = 0; i < customers.size(); ++i)
    customers_.add(entry.owned_by(customers[i], account_of_owner(i, customers.size())));
  note_owners(entry, customers);
}

void Staging::note_owners(const AddressEntry& entry, const std::vector<CustomerId>& customers) {
  owners_.make_room(customers.size());
  for (std::size_t i = 0; i < customers.size(); ++i)
    owners_.add({slot_of(entry.line(), account_of_owner(i, customers.size())), customers[i].value()});
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
