#include "life.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <algorithm>

namespace consent_sync::ledger::test {
namespace {

constexpr const char* run_id = "run-1";
constexpr const char* rehearsal = "run-2";
constexpr LineNumber first_line = 2;
constexpr LineNumber last_line = 13;
constexpr std::int64_t erased = 4;

StagedRow addressed(LineNumber line, const std::string& email) {
  StagedRow row;
  row.line = line;
  row.by_email = consent::RecordByEmail{email, only_essential, at(static_cast<int>(line)), std::nullopt};
  row.source = email;
  return row;
}

/// Lines 2 to 7 by their ids, 8 not understood, 9 for the same customer as 7, 10 to 12 by address, 13 not
/// there in the store.
std::vector<StagedRow> rows_of_run() {
  std::vector<StagedRow> rows;
  for (LineNumber line = first_line; line <= 7; ++line)
    rows.push_back(understood(line, line, line % 2 == 0 ? only_essential : all_allowed, at(9)));
  rows.push_back(not_understood(8, "no such word"));
  rows.push_back(understood(9, 7, all_allowed, at(10)));
  rows.push_back(addressed(10, "known@example.com"));
  rows.push_back(addressed(11, "shared@example.com"));
  rows.push_back(addressed(12, "nobodys@example.com"));
  rows.push_back(understood(last_line, 13));
  return rows;
}

std::vector<AddressOwners> owners_of(const std::vector<std::string>& emails) {
  std::vector<AddressOwners> owners;
  for (const std::string& email : emails) {
    AddressOwners owner{email, {}};
    if (email.starts_with("known")) owner.customers = {customer(20)};
    if (email.starts_with("shared")) owner.customers = {customer(21), customer(22)};
    owners.push_back(owner);
  }
  return owners;
}

PlannedRow plan_for(const CustomerRows& rows, const CustomerRows::Row& row) {
  if (row.line != rows.rows.back().line) return planned(row.line, Outcome::superseded);
  if (rows.observed && !rows.observed->exists) return planned(row.line, Outcome::not_found);
  PlannedRow change = to_send(row.line, rows.customer.value(), rows.base.believed(), row.choice);
  change.account = change.change->account = row.account;
  return change;
}

Outcome outcome_of(const Change& change) {
  return change.line == 3 ? Outcome::rejected : change.line == 5 ? Outcome::unknown : Outcome::applied;
}

}  // namespace

bool is_whole(const std::string& path) {
  if (!std::filesystem::exists(path)) return true;
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  SQLite::Statement broken(database, "PRAGMA foreign_key_check");
  return database.execAndGet("PRAGMA integrity_check").getString() == "ok" && !broken.executeStep();
}

void Life::lead() {
  const auto ledger = open_ledger("sqlite:" + path_);
  carry_out(*ledger);
  report(*ledger);
  look_up(*ledger);
  rehearse(*ledger);
  erase(*ledger);
}

void Life::carry_out(Ledger& ledger) {
  std::optional<Run> run = ledger.find_run(run_id);
  if (run && run->state == RunState::staging) {
    ledger.discard_run(run_id);
    run.reset();
  }
  if (!run) {
    plan(ledger);
  } else if (run->state == RunState::open) {
    ledger.resume_run(run_id);
  } else {
    return;
  }
  send(ledger);
  ledger.end_run(run_id, 1, "", at(200));
  has_ended_ = true;
}

void Life::plan(Ledger& ledger) {
  ledger.begin_run(make_run(run_id));
  has_begun_ = true;
  ledger.stage(run_id, rows_of_run());
  InputFacts input;
  input.columns = {"customer_id", "allow"};
  input.sha256 = "hash";
  input.rows = 12;
  ledger.finish_staging(run_id, input);
  identify(ledger);
  const auto asked = ledger.select_customers(
      run_id, [](const CustomerRows& rows) { return rows.customer.value() >= 13; }, std::nullopt, 2);
  std::vector<ObservedCustomer> seen;
  for (const CustomerId who : asked) seen.push_back({who, {who != customer(13), std::nullopt}});
  ledger.observe(run_id, seen, {});
  ledger.for_each_customer(run_id, [&](const CustomerRows& rows) {
    std::vector<PlannedRow> plan;
    for (const CustomerRows::Row& row : rows.rows) {
      if (!row.is_invalid) plan.push_back(plan_for(rows, row));
    }
    ledger.plan(run_id, plan);
  });
  ledger.note_forecast(run_id, Forecast{});
  ledger.commit_plan(run_id);
  is_planned_ = true;
}

void Life::identify(Ledger& ledger) {
  for (;;) {
    const auto emails = ledger.unasked_addresses(run_id, at(0), 2);
    if (emails.empty()) break;
    ledger.note_addresses(run_id, owners_of(emails), at(1), {});
  }
  ledger.identify(run_id, at(0), [&](const AddressedRow& row) {
    if (row.owners == AddressedRow::Owners::known) return true;
    ledger.plan(run_id, std::vector{planned(row.line, Outcome::not_found)});
    return false;
  });
}

void Life::send(Ledger& ledger) {
  QueuePosition position;
  for (;;) {
    const std::vector<QueuedChange> page = ledger.take_changes(run_id, position, 3);
    if (page.empty()) return;
    position = page.back().position;
    record(ledger, page);
  }
}

void Life::record(Ledger& ledger, const std::vector<QueuedChange>& page) {
  std::vector<ChangeResult> results;
  for (const QueuedChange& queued : page) {
    // What was recorded is never handed out again.
    const bool is_shared = queued.change.account != 0;
    CHECK((is_shared || !recorded_.contains(queued.change.line)));
    const Outcome outcome = outcome_of(queued.change);
    results.push_back(outcome == Outcome::applied ? applied(queued.change) : ended(queued.change, outcome));
  }
  ledger.record(run_id, results, Traffic{});
  for (const ChangeResult& result : results) {
    if (result.change.account == 0) recorded_[result.change.line] = result.outcome;
  }
  ledger.record_windows(run_id, std::vector{WindowUse{}});
}

void Life::report(Ledger& ledger) {
  const OutcomeCounts counts = ledger.counts(run_id);
  const OutcomeCounts recounted = ledger.recount(run_id);
  for (const Outcome outcome : consent::all_outcomes) CHECK(counts[outcome] == recounted[outcome]);
  std::set<LineNumber> lines;
  const auto rows = ledger.read_rows(run_id);
  while (const RowResult* row = rows->next()) CHECK(lines.insert(row->line).second);
  CHECK(lines.size() == counts.total());
  ledger.for_each_window(run_id, [](const WindowUse&) {});
  const ChangeCounts changes = ledger.change_counts(run_id);
  CHECK(changes.changes == 9);
}

void Life::look_up(Ledger& ledger) {
  const std::vector<std::string> stores = ledger.stores();
  CHECK(stores == std::vector{our_store});
  EvidenceVerifier verifier(our_store);
  for (const Run& run : ledger.runs(10)) {
    if (run.evidence) verifier.expect(*run.evidence, run.id);
  }
  const auto history = ledger.read_evidence(our_store, {});
  while (const EvidenceEntry* entry = history->next()) verifier.check(*entry);
  CHECK(verifier.finish().findings.empty());
  ledger.for_each_row_of(our_store, customer(21), [](const RunId&, const RowResult&) {});
}

void Life::rehearse(Ledger& ledger) {
  if (ledger.find_run(rehearsal)) ledger.discard_run(rehearsal);
  Run run = make_run(rehearsal);
  run.mode = Mode::dry_run;
  ledger.begin_run(run);
  ledger.stage(rehearsal, std::vector{understood(2, 2, all_allowed), understood(3, 3)});
  ledger.plan(rehearsal, std::vector{planned(2, Outcome::would_apply), planned(3, Outcome::unchanged)});
  ledger.commit_plan(rehearsal);
  ledger.end_run(rehearsal, 0, "", at(210));
}

void Life::erase(Ledger& ledger) {
  ledger.forget_addresses(our_store, at(1000));
  ledger.erase_customer(our_store, customer(erased), nobody, at(300));
  is_erased_ = true;
}

void Life::check_and_complete() {
  CHECK(is_whole(path_));
  {
    const auto ledger = open_ledger("sqlite:" + path_);
    check_told(*ledger);
  }
  lead();
  check_end(*open_ledger("sqlite:" + path_));
  CHECK(is_whole(path_));
}

void Life::check_told(Ledger& ledger) const {
  const std::optional<Run> run = ledger.find_run(run_id);
  CHECK((run || !has_begun_));
  if (!run || run->state == RunState::staging) {
    CHECK_FALSE(is_planned_);
    return;
  }
  if (has_ended_) CHECK(run->state == RunState::finished);
  CHECK(ledger.recount(run_id).total() == last_line - first_line + 1);
  std::map<LineNumber, Outcome> found;
  for (const RowResult& row : rows_of(ledger, run_id)) found[row.line] = row.outcome;
  for (const auto& recorded : recorded_) {
    const LineNumber line = recorded.first;
    const Outcome outcome = recorded.second;
    CAPTURE(line);
    CHECK(found.at(line) == outcome);
    const bool is_confirmed = outcome == Outcome::applied && line < 10 && line != erased;
    if (is_confirmed) CHECK(ledger.confirmed(our_store, customer(line == 9 ? 7 : line)));
  }
  if (is_erased_) CHECK_FALSE(ledger.confirmed(our_store, customer(erased)));
}

void Life::check_end(Ledger& ledger) const {
  CHECK(ledger.find_run(run_id)->state == RunState::finished);
  const OutcomeCounts counts = ledger.counts(run_id);
  CHECK(counts[Outcome::applied] == 6);
  CHECK(counts[Outcome::superseded] == 1);
  CHECK(counts[Outcome::invalid] == 1);
  CHECK(counts[Outcome::not_found] == 2);
  CHECK(counts[Outcome::rejected] == 1);
  CHECK(counts[Outcome::unknown] == 1);
  CHECK(counts.total() == 12);
  // One entry for each change that was applied; a shared row has two, and one entry says what was erased.
  std::set<std::pair<LineNumber, std::int64_t>> proven;
  const auto history = ledger.read_evidence(our_store, {});
  while (const EvidenceEntry* entry = history->next()) {
    if (entry->kind != EvidenceEntry::Kind::change || entry->is_erased) continue;
    CHECK(proven.insert({entry->line, entry->customer->value()}).second);
  }
  CHECK(proven.size() == 6);
  CHECK_FALSE(ledger.confirmed(our_store, customer(erased)));
}

}  // namespace consent_sync::ledger::test
