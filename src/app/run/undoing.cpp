#include "undoing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "../settings/export_limits.hpp"

namespace consent_sync::app {
namespace {

using ledger::EvidenceEntry;

constexpr std::size_t rows_at_once = 4096;

/// A list of the canonical form: "essential|analytics".
std::string list_of(consent::Choice choice, consent::Decision decision) {
  std::string list;
  for (const consent::Category category : consent::all_categories) {
    if (choice.of(category) != decision) continue;
    list += fmt::format("{}{}", list.empty() ? "" : "|", to_string(category));
  }
  return list;
}

std::string canonical_row(consent::CustomerId customer, consent::Choice choice) {
  return fmt::format("{},{},{}", customer.value(), list_of(choice, consent::Decision::allow),
                     list_of(choice, consent::Decision::deny));
}

class ChangesToUndo final : public input::Reader {
 public:
  ChangesToUndo(ledger::Ledger& ledger, const std::string& store, const ledger::RunId& run)
      : history_(ledger.read_evidence(store, {std::nullopt, run})) {}

  bool read(std::vector<input::Row>& rows) override {
    rows.clear();
    while (rows.size() < rows_at_once) {
      const EvidenceEntry* entry = history_->next();
      if (entry == nullptr) break;
      rows.push_back(turned_round(*entry));
      // It vouches for all entries before it, too.
      fingerprint_.sha256 = ledger::to_hex(entry->link);
      fingerprint_.bytes += rows.back().source.size() + 1;
      ++fingerprint_.rows;
    }
    return !rows.empty();
  }
  input::Format format() const override { return input::Format::csv; }
  const std::vector<std::string>& columns() const override { return columns_; }
  const consent::Composition* composition() const override { return nullptr; }
  input::Fingerprint fingerprint() const override { return fingerprint_; }
  std::uint64_t bytes_read() const override { return fingerprint_.bytes; }

 private:
  static input::Row turned_round(const EvidenceEntry& entry) {
    input::Row row;
    row.line = static_cast<consent::LineNumber>(entry.sequence);
    const consent::CustomerId customer = entry.customer.value();
    row.source = canonical_row(customer, entry.before.value_or(consent::Choice()));
    if (entry.before) {
      row.record = consent::Record{customer, *entry.before, std::nullopt};
    } else {
      row.customer = customer;
      row.problem = fmt::format(
          "what the store held before run {} is not known: the run did not ask (policy.check_store=changes "
          "does)",
          entry.run);
    }
    return row;
  }

  const std::unique_ptr<ledger::EvidenceCursor> history_;
  const std::vector<std::string> columns_{"customer_id", "allow", "deny"};
  input::Fingerprint fingerprint_;
};

}  // namespace

Config config_for_undo(Config config) {
  config.input.path.clear();
  config.input.only_problems_of.clear();
  config.policy.drift = plan::Drift::conflict;
  config.policy.check_store = std::max(config.policy.check_store, plan::CheckStore::changes);
  lift_export_limits(config);
  return config;
}

std::unique_ptr<input::Reader> open_changes_to_undo(ledger::Ledger& ledger, const std::string& store,
                                                    const ledger::RunId& run) {
  return std::make_unique<ChangesToUndo>(ledger, store, run);
}

}  // namespace consent_sync::app
