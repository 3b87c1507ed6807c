#include "report_fixture.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace consent_sync;
using consent::Outcome;

namespace {

bool is_sent(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
    case Outcome::not_found:
    case Outcome::rejected:
    case Outcome::mismatch:
    case Outcome::failed:
    case Outcome::unknown:
    case Outcome::pending:
      return true;
    default:
      return false;
  }
}

consent::LineNumber line_of(std::size_t index) {
  return static_cast<consent::LineNumber>(index) + 2;
}

consent::Change change_of(const RowStory& row, consent::LineNumber line) {
  return {line, consent::CustomerId::from(row.customer).value(), row.before, row.after.value()};
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "consent-sync-report-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

consent::Choice choice(unsigned allow, unsigned deny) {
  return consent::Choice::from_masks(allow, deny).value();
}

consent::Timestamp at(std::string_view rfc3339) {
  return consent::parse_rfc3339(rfc3339).value();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file, "cannot read " << path.string());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

LedgerStory::LedgerStory()
    : ledger_(ledger::open_ledger("sqlite:" + (directory_.path() / "l.db").string())) {}

std::string LedgerStory::tell(ledger::Run run, const std::vector<RowStory>& rows, int exit_code,
                              const std::string& stop_reason) {
  run.input.rows = rows.size();
  ledger_->begin_run(run);
  stage(run.id, rows);
  ledger_->finish_staging(run.id, run.input);
  plan(run, rows);
  ledger_->commit_plan(run.id);
  send(run, rows);
  ledger_->end_run(run.id, exit_code, stop_reason, at("2026-11-24T05:05:12.5Z"));
  return run.id;
}

std::string LedgerStory::tell_staging(ledger::Run run, const std::vector<RowStory>& rows) {
  ledger_->begin_run(run);
  stage(run.id, rows);
  return run.id;
}

void LedgerStory::stage(const std::string& id, const std::vector<RowStory>& rows) {
  std::vector<ledger::StagedRow> staged;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ledger::StagedRow row{line_of(i), {}, rows[i].reason, rows[i].source};
    if (const auto customer = consent::CustomerId::from(rows[i].customer)) {
      row.record = consent::Record{*customer, rows[i].after.value_or(choice(1, 14)), rows[i].decided_at};
    }
    staged.push_back(row);
  }
  ledger_->stage(id, staged);
}

void LedgerStory::plan(const ledger::Run& run, const std::vector<RowStory>& rows) {
  std::vector<ledger::PlannedRow> planned;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowStory& row = rows[i];
    if (row.customer == 0) continue;
    ledger::PlannedRow plan;
    plan.line = line_of(i);
    plan.before = row.before;
    plan.after = row.after;
    plan.outcome = is_sent(row.outcome) ? Outcome::pending : row.outcome;
    if (!is_sent(row.outcome)) plan.reason = row.reason;
    if (is_sent(row.outcome) || row.outcome == Outcome::would_apply) plan.change = change_of(row, plan.line);
    planned.push_back(plan);
  }
  ledger_->plan(run.id, planned);
}

void LedgerStory::send(const ledger::Run& run, const std::vector<RowStory>& rows) {
  std::vector<consent::ChangeResult> results;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RowStory& row = rows[i];
    if (!is_sent(row.outcome) || row.outcome == Outcome::pending) continue;
    consent::ChangeResult result(change_of(row, line_of(i)), row.outcome);
    if (row.outcome == Outcome::applied) {
      result.held = row.after;
      result.confirmed_at = at("2026-11-24T05:02:00Z");
    }
    result.http_status = row.http_status;
    result.attempts = row.attempts;
    result.reason = row.reason;
    results.push_back(result);
  }
  ledger_->record_windows(run.id, windows);
  ledger_->record(run.id, results, run.traffic);
}

ledger::Run example_run(ledger::Mode mode) {
  ledger::Run run;
  run.id = "20261124T050000Z-3f9ac2";
  run.mode = mode;
  run.store = "abc123";
  run.api_url = "https://api.bigcommerce.com";
  run.correlation_id = "3c0a1d2e-1111-4222-8333-123456789abc";
  run.tool_version = "0.1.0";
  run.settings = "rate.share: 0.9\nhttp.connections: 10\n";
  run.started_at = at("2026-11-24T05:00:00Z");
  run.input = {"exports/consents.csv", "csv", {"customer_id", "allow", "deny"},
               std::string(64, 'a'),   4711,  0};
  if (mode == ledger::Mode::dry_run) return run;
  run.traffic.put = 15;
  run.traffic.get = 1;
  run.traffic.retried = 6;
  run.traffic.throttled = 2;
  run.traffic.reopened = 1;
  run.traffic.quota = 150;
  run.traffic.window = std::chrono::seconds(30);
  run.traffic.sending = std::chrono::seconds(4);
  for (int i = 0; i < 16; ++i) run.traffic.latency.add(std::chrono::milliseconds(100));
  return run;
}

std::vector<RowStory> every_outcome() {
  const auto all_allowed = choice(15, 0);
  const auto only_essential = choice(1, 14);
  const std::string cells = ",essential,functional|analytics|targeting";
  return {
      {Outcome::applied, 101, all_allowed, only_essential, 200, 1, "", ""},
      {Outcome::applied, 102, {}, choice(5, 10), 200, 2, "", ""},
      {Outcome::applied, 103, only_essential, all_allowed, 200, 1, "", ""},
      {Outcome::unchanged, 104, only_essential, only_essential, 0, 0, "", ""},
      {Outcome::superseded, 101, {}, {}, 0, 0, "line 9 is newer", ""},
      {Outcome::invalid, 0, {}, {}, 0, 0, "customer_id \"x7\" is not a number", "x7" + cells},
      {Outcome::conflict, 105, {}, {}, 0, 0, "lines 8 and 9 contradict each other", "105" + cells},
      {Outcome::not_found, 106, {}, only_essential, 404, 1, "the store has no such customer", "106" + cells},
      {Outcome::rejected,
       107,
       {},
       only_essential,
       422,
       1,
       "The store says: allow is not valid",
       "107" + cells},
      {Outcome::mismatch, 108, {}, only_essential, 200, 2, "the store holds analytics=allow", "108" + cells},
      {Outcome::failed, 109, {}, only_essential, 423, 5, "locked, 5 tries", "109" + cells},
      {Outcome::unknown,
       110,
       {},
       only_essential,
       502,
       5,
       "no answer that can be trusted, 5 tries",
       "110" + cells},
  };
}
