#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::plan::test {

/// A ledger in a directory of its own, gone with it.
class TemporaryLedger {
 public:
  TemporaryLedger() {
    std::string name = (std::filesystem::temp_directory_path() / "consent-sync-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    directory_ = name;
    ledger_ = ledger::open_ledger("sqlite:" + name + "/ledger.db");
  }
  TemporaryLedger(const TemporaryLedger&) = delete;
  TemporaryLedger& operator=(const TemporaryLedger&) = delete;
  ~TemporaryLedger() {
    ledger_.reset();
    std::filesystem::remove_all(directory_);
  }

  ledger::Ledger& ledger() { return *ledger_; }

  void stage(const ledger::RunId& id, const std::vector<ledger::StagedRow>& rows,
             ledger::Mode mode = ledger::Mode::sync) {
    ledger::Run run;
    run.id = id;
    run.store = "abc123";
    run.mode = mode;
    ledger_->begin_run(run);
    ledger_->stage(id, rows);
  }

  std::vector<ledger::RowResult> rows(const ledger::RunId& id) {
    std::vector<ledger::RowResult> found;
    ledger_->for_each_row(id, [&](const ledger::RowResult& row) { found.push_back(row); });
    return found;
  }

  /// Commits the plan and sends all of it; the store confirms everything.
  void apply(const ledger::RunId& id) {
    ledger_->commit_plan(id);
    std::vector<consent::ChangeResult> results;
    for (const ledger::QueuedChange& queued : ledger_->take_changes(id, {}, 1'000'000)) {
      consent::ChangeResult& result = results.emplace_back(queued.change, consent::Outcome::applied);
      result.held = queued.change.wanted;
      result.confirmed_at = consent::Timestamp{};
    }
    ledger_->record(id, results, {});
    ledger_->end_run(id, 0, "", consent::Timestamp{});
  }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<ledger::Ledger> ledger_;
};

inline ledger::StagedRow row(consent::LineNumber line, std::int64_t customer, consent::Choice wanted,
                             std::optional<int> second = std::nullopt) {
  ledger::StagedRow staged;
  staged.line = line;
  std::optional<consent::Timestamp> decided_at;
  if (second) decided_at = consent::Timestamp(std::chrono::seconds(*second));
  staged.record = consent::Record{consent::CustomerId::from(customer).value(), wanted, decided_at};
  return staged;
}

inline ledger::StagedRow invalid(consent::LineNumber line) {
  return {line, std::nullopt, "no number", ""};
}

}  // namespace consent_sync::plan::test
