#pragma once

#include <array>
#include <cstdint>

#include <consent_sync/report/stores.hpp>

#include "verdict.hpp"

namespace consent_sync::report {

inline constexpr std::array all_store_statuses{StoreStatus::ok,          StoreStatus::problems,
                                               StoreStatus::stopped,     StoreStatus::died,
                                               StoreStatus::not_started, StoreStatus::defect};

/// "ended well", "needs attention", ...
std::string_view words_of(StoreStatus status);

/// The sums over all stores.
struct StoresDigest {
  explicit StoresDigest(const StoresResult& whole);

  std::uint64_t of(StoreStatus status) const { return stores[static_cast<std::size_t>(status)]; }

  std::array<std::uint64_t, all_store_statuses.size()> stores{};  ///< by status
  std::uint64_t without_run = 0;                                  ///< of these no rows are known
  ledger::OutcomeCounts outcomes;
  ledger::ChangeCounts changes;
  std::uint64_t put = 0;
  std::uint64_t get = 0;
  std::uint64_t throttled = 0;
  std::uint64_t strays = 0;  ///< rows of no store of the job
};

Verdict judge_stores(const StoresResult& whole, const StoresDigest& digest);

/// The outcome that a job of this kind is about, and its name in a table.
struct MainOutcome {
  consent::Outcome outcome;
  std::string_view title;
};
MainOutcome main_outcome(ledger::Mode mode);

/// "store xyz (in.csv)", or what stands for it.
std::string name_of(const StrayRows& strays);

/// Why a store ended as it did, in a sentence: its run's verdict, or its last words.
std::string story_of(const StoreResult& result);

/// Where the report of a store's run is, from the directory of the whole's; "" without one.
std::string link_to(const StoreResult& result, const std::filesystem::path& from);

}  // namespace consent_sync::report
