#pragma once

#include <cstdint>

#include "turns.hpp"

namespace consent_sync::app {

/// The turns of stores that nobody else works on: each once, in their order, so many at a time. A store that
/// has ended, however it did, makes room for the next; one that is slow holds up nobody but the place that it
/// has.
class Schedule final : public Turns {
 public:
  Schedule(std::size_t stores, std::size_t at_once) : states_(stores, State::waiting), at_once_(at_once) {}

  std::optional<std::size_t> start_next() override;
  void end(std::size_t store, ExitCode code) override;
  void defer(std::size_t store) override;
  void stop() override { is_stopped_ = true; }
  std::vector<std::size_t> running() const override;
  std::size_t ended() const override;
  std::size_t total() const override { return states_.size(); }
  bool is_over() const override;
  std::optional<std::chrono::milliseconds> ask_again_after() const override { return std::nullopt; }

 private:
  enum class State : std::uint8_t { waiting, running, ended };

  std::size_t count(State state) const;

  std::vector<State> states_;
  std::size_t at_once_;
  bool is_stopped_ = false;
};

}  // namespace consent_sync::app
