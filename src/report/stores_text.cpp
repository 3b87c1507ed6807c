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

/// The columns of the table; the first ones of a store that nothing is known of are bare.
class Table {
 public:
  explicit Table(const StoresResult& whole)
      : width_(width_of_names(whole)), main_(main_outcome(whole.mode)) {}

  std::string head() const { return line("store", "", "rows", "problems", main_.title, "time"); }

  std::string of(std::string_view name, std::string_view status, const ledger::OutcomeCounts& rows,
                 std::string_view time) const {
    return line(name, status, number(rows.total()), number(rows.of_class(OutcomeClass::problem)),
                number(rows[main_.outcome]), time);
  }

  std::string of(const StoreResult& result) const {
    const StoreStatus status = status_of(result);
    const std::string time = status == StoreStatus::not_started ? "" : duration_words(result.duration);
    if (result.run) return of(result.store, words_of(status), result.run->outcomes, time);
    return line(result.store, words_of(status), "-", "-", "-", time);
  }

 private:
  std::string line(std::string_view name, std::string_view status, std::string_view rows,
                   std::string_view problems, std::string_view main, std::string_view time) const {
    return fmt::format("  {:<{}}  {:<15}{:>12}{:>12}{:>12}   {}\n", name, width_, status, rows, problems,
                       main, time);
  }

  const std::size_t width_;
  const MainOutcome main_;
};

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
  const Table table(whole);
  text += '\n' + table.head();
  for (const StoreResult& result : whole.stores) text += table.of(result);
  if (whole.stores.size() > 1) {
    text += table.of("together", "", digest.outcomes, duration_words(whole.ended_at - whole.started_at));
  }
  if (std::any_of(whole.stores.begin(), whole.stores.end(), has_more_to_tell)) text += '\n';
  for (const StoreResult& result : whole.stores) {
    if (has_more_to_tell(result)) text += fmt::format("  {}: {}\n", result.store, story_of(result));
  }
  if (!whole.strays.empty()) text += "\n  Rows of no store of this job, which were passed over:\n";
  for (const StrayRows& strays : whole.strays) {
    text += fmt::format("  {}: {}\n", name_of(strays), count_of(strays.rows, "row", "rows"));
  }
  return text;
}

}  // namespace consent_sync::report
