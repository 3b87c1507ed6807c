#include "exit_code_of_whole.hpp"

#include <algorithm>
#include <array>
#include <csignal>

namespace consent_sync::app {
namespace {

using End = report::StoreResult::End;

// A person can do most about what comes first.
constexpr std::array worst_first{ExitCode::defect,      ExitCode::not_recorded, ExitCode::store_refused,
                                 ExitCode::usage,       ExitCode::safety_limit, ExitCode::store_unavailable,
                                 ExitCode::deadline,    ExitCode::store_held,   ExitCode::terminated,
                                 ExitCode::interrupted, ExitCode::problems,     ExitCode::ok};

bool is_crash(int signal) {
  return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

/// How far from the worst.
std::ptrdiff_t rank(ExitCode code) {
  return std::find(worst_first.begin(), worst_first.end(), code) - worst_first.begin();
}

/// A code that is none of ours is a defect.
ExitCode known(int number) {
  const auto code = static_cast<ExitCode>(number);
  return rank(code) < static_cast<std::ptrdiff_t>(worst_first.size()) ? code : ExitCode::defect;
}

}  // namespace

ExitCode exit_code_of(const report::StoreResult& result) {
  if (result.end == End::not_started) return ExitCode::interrupted;
  if (result.end == End::exited) return known(result.exit_code);
  if (is_crash(result.signal)) return ExitCode::defect;
  if (result.signal == SIGTERM) return ExitCode::terminated;
  if (result.signal == SIGINT) return ExitCode::interrupted;
  return ExitCode::not_recorded;
}

ExitCode exit_code_of_whole(const report::StoresResult& whole, std::optional<ExitCode> interrupted_with) {
  ExitCode worst = whole.strays.empty() ? ExitCode::ok : ExitCode::problems;
  for (const report::StoreResult& result : whole.stores) {
    const ExitCode code = exit_code_of(result);
    if (rank(code) < rank(worst)) worst = code;
  }
  return interrupted_with && worst != ExitCode::defect ? *interrupted_with : worst;
}

ExitCode worst_of(const std::vector<int>& codes) {
  ExitCode worst = ExitCode::ok;
  for (const int number : codes) {
    if (rank(known(number)) < rank(worst)) worst = known(number);
  }
  return worst;
}

void put_worst_first(std::vector<report::StoreResult>& stores) {
  std::stable_sort(stores.begin(), stores.end(),
                   [](const report::StoreResult& a, const report::StoreResult& b) {
                     return rank(exit_code_of(a)) < rank(exit_code_of(b));
                   });
}

}  // namespace consent_sync::app
