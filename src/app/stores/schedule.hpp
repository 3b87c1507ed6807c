#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace consent_sync::app {

/// Whose turn it is, of several stores: each once, in their order, so many at a time. A store that has ended,
/// however it did, makes room for the next; one that is slow holds up nobody but the place that it has.
class Schedule {
 public:
  Schedule(std::size_t stores, std::size_t at_once) : states_(stores, State::waiting), at_once_(at_once) {}

  /// The store to start now, which counts as running from here on; nothing: none, for now.
  std::optional<std::size_t> start_next();
  /// A running store has ended, or could not be started.
  void end(std::size_t store);
  /// No more are started.
  void stop() { is_stopped_ = true; }

  std::vector<std::size_t> running() const;
  std::size_t ended() const;
  /// Nothing runs, and nothing will.
  bool is_over() const;

 private:
  enum class State : std::uint8_t { waiting, running, ended };

  std::size_t count(State state) const;

  std::vector<State> states_;
  const std::size_t at_once_;
  bool is_stopped_ = false;
};

}  // namespace consent_sync::app
