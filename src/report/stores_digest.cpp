#include "stores_digest.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wording.hpp"

namespace consent_sync::report {
namespace {

constexpr int exit_ok = 0;
constexpr int exit_problems = 1;
constexpr int exit_defect = 10;

/// "8 stores ended well", "1 store needs attention", ...
std::string phrase_of(StoreStatus status, std::uint64_t count) {
  switch (status) {
    case StoreStatus::ok:
      return count_of(count, "store ended well", "stores ended well");
    case StoreStatus::problems:
      return count_of(count, "store has rows that need attention", "stores have rows that need attention");
    case StoreStatus::stopped:
      return count_of(count, "store stopped before its end", "stores stopped before their end");
    case StoreStatus::died:
      return count_of(count, "store's process died", "stores' processes died");
    case StoreStatus::not_started:
      return count_of(count, "store was not started", "stores were not started");
    case StoreStatus::defect:
      return count_of(count, "store met a defect of consent-sync", "stores met a defect of consent-sync");
  }
  return "";
}

std::string phrases(const StoresDigest& digest) {
  std::vector<std::string> phrases;
  for (auto status = all_store_statuses.rbegin(); status != all_store_statuses.rend(); ++status) {
    if (digest.of(*status) != 0) phrases.push_back(phrase_of(*status, digest.of(*status)));
  }
  if (digest.strays != 0)
    phrases.push_back(count_of(digest.strays, "row is", "rows are") + " of no store of this job");
  return sentence(fmt::format("{}", fmt::join(phrases, "; ")));
}

std::string headline_of_good(const StoresResult& whole, const StoresDigest& digest) {
  const std::string all =
      whole.stores.size() == 1 ? "The one store" : fmt::format("All {} stores", number(whole.stores.size()));
  if (whole.mode == ledger::Mode::dry_run) {
    return fmt::format("Dry run, nothing was sent: {} can be brought in line, with {}.",
                       whole.stores.size() == 1 ? "the one store" : "all stores",
                       count_of(digest.outcomes[consent::Outcome::would_apply], "change", "changes"));
  }
  if (whole.mode == ledger::Mode::audit) return all + " hold what the input says.";
  const std::uint64_t applied = digest.outcomes[consent::Outcome::applied];
  return fmt::format("{} ended well: {}.", all,
                     applied == 0 ? "nothing had to be sent"
                                  : count_of(applied, "change was confirmed", "changes were confirmed"));
}

}  // namespace

std::string_view to_string(StoreStatus status) {
  constexpr std::array<std::string_view, all_store_statuses.size()> words{"ok",   "problems",    "stopped",
                                                                          "died", "not_started", "defect"};
  return words[static_cast<std::size_t>(status)];
}

std::string_view words_of(StoreStatus status) {
  constexpr std::array<std::string_view, all_store_statuses.size()> words{
      "ended well", "needs attention", "not finished", "died", "not started", "defect"};
  return words[static_cast<std::size_t>(status)];
}

StoreStatus status_of(const StoreResult& result) {
  if (result.end == StoreResult::End::not_started) return StoreStatus::not_started;
  if (result.end == StoreResult::End::killed) return StoreStatus::died;
  switch (result.exit_code) {
    case exit_ok:
      return StoreStatus::ok;
    case exit_problems:
      return StoreStatus::problems;
    case exit_defect:
      return StoreStatus::defect;
    default:
      return StoreStatus::stopped;
  }
}

StoresDigest::StoresDigest(const StoresResult& whole) {
  for (const StrayRows& stray : whole.strays) strays += stray.rows;
  for (const StoreResult& result : whole.stores) {
    ++stores[static_cast<std::size_t>(status_of(result))];
    if (!result.run) {
      ++without_run;
      continue;
    }
    const StoreRun& run = *result.run;
    for (const consent::Outcome outcome : consent::all_outcomes) outcomes[outcome] += run.outcomes[outcome];
    changes.changes += run.changes.changes;
    changes.withdrawing += run.changes.withdrawing;
    changes.granting += run.changes.granting;
    put += run.put;
    get += run.get;
    throttled += run.throttled;
  }
}

Verdict judge_stores(const StoresResult& whole, const StoresDigest& digest) {
  if (digest.of(StoreStatus::ok) == whole.stores.size() && digest.strays == 0)
    return {Tone::good, headline_of_good(whole, digest), {}};
  Verdict verdict{Tone::attention, phrases(digest), {}};
  if (digest.of(StoreStatus::defect) != 0) {
    verdict.tone = Tone::defect;
    verdict.detail = "Do not rely on the report of a store that met a defect; please report it.";
  } else if (digest.of(StoreStatus::stopped) + digest.of(StoreStatus::died) +
                 digest.of(StoreStatus::not_started) !=
             0) {
    verdict.tone = Tone::stopped;
    verdict.detail =
        "What was confirmed is kept. Once the causes below are mended, the same command goes on where each "
        "store "
        "stopped, and has nothing left to do for the others.";
  }
  return verdict;
}

MainOutcome main_outcome(ledger::Mode mode) {
  switch (mode) {
    case ledger::Mode::sync:
      return {consent::Outcome::applied, "applied"};
    case ledger::Mode::dry_run:
      return {consent::Outcome::would_apply, "would apply"};
    case ledger::Mode::audit:
      return {consent::Outcome::drifted, "drifted"};
  }
  return {};
}

std::string name_of(const StrayRows& strays) {
  return fmt::format("{} ({})",
                     strays.store.empty() ? "no store, or one of very many" : "store " + strays.store,
                     strays.input);
}

std::string story_of(const StoreResult& result) {
  if (result.end == StoreResult::End::not_started)
    return "The job was stopped before it was this store's turn.";
  std::string story;
  if (result.end == StoreResult::End::killed) {
    story = result.signal == 0 ? "Its process could not be started."
                               : fmt::format("Its process was ended by signal {}.", result.signal);
  }
  const std::string rest = result.run ? result.run->verdict : sentence(result.reason);
  if (rest.empty()) return story;
  story += (story.empty() ? "" : " ") + rest;
  if (result.run && !result.run->stop_reason.empty() && status_of(result) != StoreStatus::problems) {
    story += " " + sentence(result.run->stop_reason);
  }
  return story;
}

std::string link_to(const StoreResult& result, const std::filesystem::path& from) {
  if (!result.run) return "";
  return (result.run->directory.lexically_normal().lexically_relative(from.lexically_normal()) /
          "report.html")
      .generic_string();
}

}  // namespace consent_sync::report
