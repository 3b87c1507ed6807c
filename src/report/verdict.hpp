#pragma once

#include <cstdint>
#include <string>

#include <consent_sync/ledger/run.hpp>
#include <consent_sync/report/run_totals.hpp>

namespace consent_sync::report {

enum class Tone : std::uint8_t {
  good,       ///< every row ended ok
  attention,  ///< all rows were reached, some ended as a problem
  stopped,    ///< rows are left over
  defect,     ///< the accounts do not add up
};

std::string_view to_string(Tone tone);
/// The tone in words, so that its colour is not all that tells it.
std::string_view badge_of(Tone tone);

/// How a run ended, in plain words.
struct Verdict {
  Tone tone = Tone::good;
  std::string headline;  ///< one sentence
  std::string detail;    ///< why, and what to do; may be empty
};

Verdict judge_run(const ledger::Run& run, const RunTotals& totals);

}  // namespace consent_sync::report
