#include <consent_sync/ledger/run.hpp>

namespace consent_sync::ledger {

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::sync:
      return "sync";
    case Mode::dry_run:
      return "dry_run";
    case Mode::audit:
      return "audit";
  }
  return "";
}

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::staging:
      return "staging";
    case RunState::open:
      return "open";
    case RunState::finished:
      return "finished";
    case RunState::abandoned:
      return "abandoned";
  }
  return "";
}

}  // namespace consent_sync::ledger
