#include "staging.hpp"

#include <fmt/format.h>

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

constexpr unsigned line_shift = 24;
constexpr consent::LineNumber most_lines = (consent::LineNumber{1} << 40) - 1;
// Parts are places in a mapping: there are few.
constexpr std::uint64_t whole_choice = 0xFFFF;
constexpr std::uint64_t without_say = 0xFFFE;

std::uint64_t code_of(std::optional<consent::Part> part) {
  if (!part) return whole_choice;
  if (*part == consent::no_part) return without_say;
  if (*part >= without_say) throw LedgerError("The mapping has more categories than a ledger can tell apart.");
  return *part;
}

std::optional<consent::Part> part_of(std::uint64_t code) {
  if (code == whole_choice) return std::nullopt;
  return code == without_say ? consent::no_part : static_cast<consent::Part>(code);
}

void encode(const StagedRow& row, std::string& out) {
  out.clear();
  put_number(out, static_cast<std::uint64_t>(row.line));
  if (row.record) {
    put_byte(out, is_understood | (row.record->decided_at ? has_time : 0) | (row.record->part ? has_part : 0));
    put_number(out, static_cast<std::uint64_t>(row.record->customer.value()));
    put_byte(out, row.record->choice.code());
    if (row.record->part) put_number(out, *row.record->part);
    if (row.record->decided_at) put_signed(out, row.record->decided_at->time_since_epoch().count());
  } else {
    put_byte(out, row.customer ? has_customer : 0);
    if (row.customer) put_number(out, static_cast<std::uint64_t>(row.customer->value()));
    put_text(out, row.reason);
  }
  out += row.source;
}

CustomerId customer_of(std::uint64_t number) {
  return CustomerId::from(static_cast<std::int64_t>(number)).value();
}

/// Into a row that is used again and again, so that its texts keep their room.
void decode(std::string_view entry, StagedRow& row) {
  ByteReader bytes(entry);
  row.line = static_cast<consent::LineNumber>(bytes.number());
  const unsigned flags = bytes.byte();
  row.record.reset();
  row.customer.reset();
  row.reason.clear();
  if ((flags & is_understood) != 0) {
    const CustomerId customer = customer_of(bytes.number());
    const Choice choice = Choice::from_code(bytes.byte()).value();
    std::optional<consent::Part> part;
    if ((flags & has_part) != 0) part = static_cast<consent::Part>(bytes.number());
    std::optional<Timestamp> decided_at;
    if ((flags & has_time) != 0) decided_at = Timestamp(std::chrono::microseconds(bytes.signed_number()));
    row.record = consent::Record{customer, choice, decided_at, part};
  } else {
    if ((flags & has_customer) != 0) row.customer = customer_of(bytes.number());
    row.reason = bytes.text();
  }
  row.source = entry.substr(entry.size() - bytes.left());
}

std::optional<CustomerId> customer_of(const StagedRow& row) {
  return row.record ? std::optional(row.record->customer) : row.customer;
}

CustomerEntry entry_of(const StagedRow& row, CustomerId customer) {
  CustomerEntry entry{customer.value(), CustomerEntry::never, static_cast<std::uint64_t>(row.line) << line_shift};
  if (row.record) {
    if (row.record->decided_at) entry.decided_at = row.record->decided_at->time_since_epoch().count();
    entry.rest |= code_of(row.record->part) << 8U | row.record->choice.code();
  } else {
    entry.rest |= whole_choice << 8U | no_choice;
  }
  return entry;
}

consent::Base base_of(std::uint8_t held, std::uint8_t asked, bool in_doubt) {
  return {choice_of(held), choice_of(asked), in_doubt};
}

}  // namespace

CustomerRows::Row CustomerEntry::row() const {
  const std::optional<Choice> choice = choice_of(static_cast<std::uint8_t>(rest & 0xFFU));
  CustomerRows::Row row{static_cast<consent::LineNumber>(rest >> line_shift), choice.value_or(Choice()), std::nullopt};
  if (decided_at != never) row.decided_at = Timestamp(std::chrono::microseconds(decided_at));
  row.part = part_of((rest >> 8U) & 0xFFFFU);
  row.is_invalid = !choice;
  return row;
}

void to_result(const RowPlan& row, RowResult& result) {
  result.line = row.row.line;
  result.customer.reset();
  result.decided_at.reset();
  if (row.row.record) {
    result.customer = row.row.record->customer;
    result.decided_at = row.row.record->decided_at;
  } else {
    result.customer = row.row.customer;
  }
  result.outcome = row.plan.outcome;
  result.before = row.plan.before;
  result.after = row.plan.after;
  result.reason = row.plan.reason;
  result.source.clear();
  if (classify(row.plan.outcome) != consent::OutcomeClass::ok) result.source = row.row.source;
}

void Staging::stage(std::span<const StagedRow> rows) {
  consent::LineNumber last = last_line_;
  for (const StagedRow& row : rows) {
    if (row.line <= last) throw LedgerError(fmt::format("Line {} was staged after line {}.", row.line, last));
    if (row.line > most_lines) throw LedgerError(fmt::format("Line {} is beyond what a ledger can hold.", row.line));
    if (row.record) code_of(row.record->part);
    last = row.line;
  }
  customers_.make_room(rows.size());
  const std::uint64_t before = rows_.size();
  try {
    for (const StagedRow& row : rows) {
      encode(row, scratch_);
      rows_.append(scratch_);
    }
  } catch (...) {
    rows_.cut(before);
    throw;
  }
  for (const StagedRow& row : rows) {
    if (const auto customer = customer_of(row)) customers_.add(ledger::entry_of(row, *customer));
  }
  count_ += rows.size();
  last_line_ = last;
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
  entry.line = row.line;
  entry.reason = row.reason.empty() ? PlanEntry::none : reasons_.append(row.reason);
  entry.outcome = row.outcome;
  entry.before = byte_of(row.before);
  entry.after = byte_of(row.after);
  entry.settled_held = row.settles ? byte_of(row.settles->held) : no_choice;
  entry.settled_asked = row.settles ? byte_of(row.settles->asked) : no_choice;
  entry.has_change = row.change.has_value();
  const auto carrier = static_cast<std::uint64_t>(row.carried_by.value_or(0));
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

void Staging::read_plan(const PlanEntry& entry, CustomerId customer, PlannedRow& plan) {
  plan.outcome = entry.outcome;
  plan.before = choice_of(entry.before);
  plan.after = choice_of(entry.after);
  if (entry.reason != PlanEntry::none) plan.reason = reasons_.read_at(entry.reason);
  if (const std::optional<Choice> held = choice_of(entry.settled_held)) {
    plan.settles = base_of(entry.settled_held, entry.settled_asked, false);
  }
  const auto carrier = static_cast<consent::LineNumber>(std::uint64_t{entry.carrier_high} << 32U | entry.carrier_low);
  if (carrier != 0) plan.carried_by = carrier;
  if (entry.has_change) {
    plan.change = consent::Change{plan.line,
                                  customer,
                                  plan.before,
                                  choice_of(entry.wanted).value(),
                                  choice_of(entry.input).value(),
                                  base_of(entry.base_held, entry.base_asked, entry.in_doubt)};
  }
}

void Staging::for_each(const std::function<void(const RowPlan&)>& visit) {
  ByteLog::Reader log(rows_);
  ExternalSort<PlanEntry>::Reader plans = plan_.read();
  const PlanEntry* planned = plans.next();
  RowPlan row;
  std::string_view entry;
  while (log.next(entry)) {
    decode(entry, row.row);
    row.plan.line = row.row.line;
    row.plan.outcome = row.row.record ? Outcome::pending : Outcome::invalid;
    row.plan.reason = row.row.reason;
    row.plan.before.reset();
    row.plan.after.reset();
    row.plan.change.reset();
    row.plan.settles.reset();
    row.plan.carried_by.reset();
    for (; planned != nullptr && planned->line <= row.row.line; planned = plans.next()) {
      if (planned->line != row.row.line || !row.row.record) continue;
      row.plan.reason.clear();
      read_plan(*planned, row.row.record->customer, row.plan);
    }
    visit(row);
  }
}

}  // namespace consent_sync::ledger
