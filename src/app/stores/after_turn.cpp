#include "after_turn.hpp"

namespace consent_sync::app {
namespace {

constexpr int most_takings = 5;
constexpr std::chrono::milliseconds while_another_has_it{5'000};
constexpr std::chrono::milliseconds after_trouble{30'000};

}  // namespace

std::optional<std::chrono::milliseconds> comes_again_after(ExitCode code, int taking) {
  switch (code) {
    case ExitCode::store_held:
      return while_another_has_it;
    case ExitCode::interrupted:
    case ExitCode::terminated:
      return std::chrono::milliseconds(0);
    case ExitCode::store_unavailable:
    case ExitCode::not_recorded:
      if (taking < most_takings) return after_trouble * taking;
      return std::nullopt;
    case ExitCode::ok:
    case ExitCode::problems:
    case ExitCode::usage:
    case ExitCode::safety_limit:
    case ExitCode::store_refused:
    case ExitCode::deadline:
    case ExitCode::defect:
      break;
  }
  return std::nullopt;
}

}  // namespace consent_sync::app
