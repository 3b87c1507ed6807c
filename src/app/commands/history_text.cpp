#include "history_text.hpp"

#include <fmt/format.h>

#include "../figures.hpp"

namespace consent_sync::app {
namespace {

using consent::Outcome;
using ledger::EvidenceEntry;

std::string words_for(const std::optional<consent::Choice>& choice) {
  if (!choice) return "not known";
  return choice->is_empty() ? "nothing decided" : to_string(*choice);
}

std::string words_for(const std::optional<consent::Timestamp>& time) {
  return time ? consent::to_rfc3339(std::chrono::floor<std::chrono::seconds>(*time)) : "";
}

std::string count_of(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", show_count(count), count == 1 ? one : many);
}

std::string change_lines(const EvidenceEntry& entry) {
  std::string lines = fmt::format("  {}  {}\n{:24}-> {}\n", words_for(entry.confirmed_at),
                                  words_for(entry.before), "", words_for(entry.after));
  lines += fmt::format("{:24}run {}, line {}, entry {}", "", entry.run, entry.line, entry.sequence);
  if (entry.decided_at) lines += ", decided " + words_for(entry.decided_at);
  return lines + '\n';
}

std::string row_line(const ledger::RunId& run, const ledger::RowResult& row) {
  std::string line = fmt::format("  {}  line {}: {}", run, row.line, to_string(row.outcome));
  if (!row.reason.empty()) line += fmt::format(" ({})", row.reason);
  return line + '\n';
}

/// Rows that changed nothing, of which most nights have one.
struct Unchanged {
  std::uint64_t rows = 0;
  ledger::RunId newest;

  void add(const ledger::RunId& run) {
    if (rows++ == 0) newest = run;
  }
  std::string line() const {
    if (rows == 0) return "";
    return fmt::format("  {} unchanged, last in {}\n", count_of(rows, "row was", "rows were"), newest);
  }
};

std::string changes_of(ledger::Ledger& ledger, const std::string& store, consent::CustomerId customer) {
  std::string lines;
  std::uint64_t count = 0;
  const auto history = ledger.read_evidence(store, {customer, ""});
  while (const EvidenceEntry* entry = history->next()) {
    lines += change_lines(*entry);
    ++count;
  }
  if (count == 0) return "";
  return fmt::format("\n{} that the store confirmed (UTC)\n{}", count_of(count, "change", "changes"), lines);
}

std::string rows_of(ledger::Ledger& ledger, const std::string& store, consent::CustomerId customer) {
  std::string lines;
  std::uint64_t count = 0;
  Unchanged unchanged;
  ledger.for_each_row_of(store, customer, [&](const ledger::RunId& run, const ledger::RowResult& row) {
    ++count;
    if (row.outcome == Outcome::unchanged) {
      unchanged.add(run);
    } else {
      lines += row_line(run, row);
    }
  });
  if (count == 0) return "";
  return fmt::format("\n{} in the runs that the ledger has, the newest first\n{}{}",
                     count_of(count, "row", "rows"), lines, unchanged.line());
}

}  // namespace

std::string entry_line(const EvidenceEntry& entry) {
  if (entry.is_erased) return fmt::format("{:>8}  erased on request\n", entry.sequence);
  if (entry.kind == EvidenceEntry::Kind::erasure) {
    return fmt::format("{:>8}  {}  {} of a customer erased\n", entry.sequence, words_for(entry.confirmed_at),
                       count_of(entry.erases.size(), "entry", "entries"));
  }
  return fmt::format("{:>8}  {}  customer {}: {} -> {}  (run {}, line {})\n", entry.sequence,
                     words_for(entry.confirmed_at), entry.customer->value(), words_for(entry.before),
                     words_for(entry.after), entry.run, entry.line);
}

std::string customer_history(ledger::Ledger& ledger, const std::string& store, consent::CustomerId customer) {
  const std::optional<consent::Choice> confirmed = ledger.confirmed(store, customer);
  const std::string changes = changes_of(ledger, store, customer);
  const std::string rows = rows_of(ledger, store, customer);
  if (!confirmed && changes.empty() && rows.empty()) return "";
  return fmt::format("Customer {} of store {}\nLast confirmed by the store: {}\n{}{}", customer.value(),
                     store, words_for(confirmed), changes, rows);
}

std::string verdict_text(const std::string& store, const ledger::EvidenceVerifier::Verdict& verdict) {
  std::string text;
  for (const std::string& finding : verdict.findings) text += "  " + finding + '\n';
  if (verdict.broken > verdict.findings.size()) {
    text += fmt::format("  and {} more\n", show_count(verdict.broken - verdict.findings.size()));
  }
  const std::string contents =
      fmt::format("{}, {} erased on request", count_of(verdict.changes + verdict.erased, "change", "changes"),
                  show_count(verdict.erased));
  if (verdict.broken == 0) {
    return fmt::format("The history of store {} is whole: {}.\nHead: {}\n", store, contents,
                       to_string(verdict.head));
  }
  return fmt::format("The history of store {} is NOT as it was recorded: {}.\n{}", store,
                     count_of(verdict.broken, "finding", "findings"), text);
}

}  // namespace consent_sync::app
