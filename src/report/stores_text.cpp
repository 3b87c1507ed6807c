#include <algorithm>

#include <fmt/format.h>

#include <consent_sync/report/stores.hpp>

#include "stores_digest.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

std::size_t width_of_names(const StoresResult& whole) {
  std::size_t width = std::string_view("together").size();
  for (const StoreResult& result : whole.stores) width = std::max(width, result.store.size());
  return width;
}

std::string line(std::size_t width, std::string_view name, std::string_view status,
                 const ledger::OutcomeCounts& rows, const ledger::ChangeCounts& changes,
                 std::string_view time) {
  return fmt::format("  {:<{}}  {:<15}{:>12}{:>12}{:>12}   {}\n", name, width, status, number(rows.total()),
                     number(rows.of_class(OutcomeClass::problem)), number(changes.changes), time);
}

std::string line_of(std::size_t width, const StoreResult& result) {
  const std::string_view status = words_of(status_of(result));
  const std::string time = result.end == StoreResult::End::not_started ? "" : duration_words(result.duration);
  if (result.run) return line(width, result.store, status, result.run->outcomes, result.run->changes, time);
  return fmt::format("  {:<{}}  {:<15}{:>12}{:>12}{:>12}   {}\n", result.store, width, status, "-", "-", "-",
                     time);
}

bool has_more_to_tell(const StoreResult& result) {
  const StoreStatus status = status_of(result);
  return status == StoreStatus::stopped || status == StoreStatus::died || status == StoreStatus::defect;
}

}  // namespace

std::string stores_text(const StoresResult& whole) {
  const StoresDigest digest(whole);
  const Verdict verdict = judge_stores(whole, digest);
  std::string text = verdict.headline + '\n';
  if (!verdict.detail.empty()) text += verdict.detail + '\n';
  const std::size_t width = width_of_names(whole);
  text += fmt::format("\n  {:<{}}  {:<15}{:>12}{:>12}{:>12}   {}\n", "store", width, "", "rows", "problems",
                      "changes", "time");
  for (const StoreResult& result : whole.stores) text += line_of(width, result);
  if (whole.stores.size() > 1) {
    text += line(width, "together", "", digest.outcomes, digest.changes,
                 duration_words(whole.ended_at - whole.started_at));
  }
  if (std::any_of(whole.stores.begin(), whole.stores.end(), has_more_to_tell)) text += '\n';
  for (const StoreResult& result : whole.stores) {
    if (has_more_to_tell(result)) text += fmt::format("  {}: {}\n", result.store, story_of(result));
  }
  return text;
}

}  // namespace consent_sync::report
