#include <consent_sync/ledger/run.hpp>

#include <numeric>

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

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::quota_spent:
      return "quota_spent";
    case Fault::overloaded:
      return "overloaded";
    case Fault::unavailable:
      return "unavailable";
    case Fault::server_error:
      return "server_error";
    case Fault::locked:
      return "locked";
    case Fault::timed_out:
      return "timed_out";
    case Fault::not_connected:
      return "not_connected";
    case Fault::cut_off:
      return "cut_off";
    case Fault::unreadable:
      return "unreadable";
    case Fault::differs:
      return "differs";
  }
  return "";
}

std::uint64_t FaultCounts::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace consent_sync::ledger
