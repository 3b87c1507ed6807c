#include "schedule.hpp"

#include <algorithm>

namespace consent_sync::app {

std::optional<std::size_t> Schedule::start_next() {
  if (is_stopped_ || count(State::running) >= at_once_) return std::nullopt;
  const auto next = std::find(states_.begin(), states_.end(), State::waiting);
  if (next == states_.end()) return std::nullopt;
  *next = State::running;
  return static_cast<std::size_t>(next - states_.begin());
}

void Schedule::end(std::size_t store, ExitCode) {
  states_.at(store) = State::ended;
}

void Schedule::defer(std::size_t store) {
  states_.at(store) = State::waiting;
  at_once_ = count(State::running);
}

std::vector<std::size_t> Schedule::running() const {
  std::vector<std::size_t> stores;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] == State::running) stores.push_back(i);
  }
  return stores;
}

std::size_t Schedule::ended() const {
  return count(State::ended);
}

bool Schedule::is_over() const {
  return count(State::running) == 0 && (is_stopped_ || count(State::waiting) == 0);
}

std::size_t Schedule::count(State state) const {
  return static_cast<std::size_t>(std::count(states_.begin(), states_.end(), state));
}

}  // namespace consent_sync::app
