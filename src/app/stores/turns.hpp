#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "../exit_code.hpp"

namespace consent_sync::app {

/// Says which of several stores (by their places in the job) is to be worked on, and when all is done.
class Turns {
 public:
  virtual ~Turns() = default;

  /// The store to start now, which counts as running from here on; nothing: none, for now.
  virtual std::optional<std::size_t> start_next() = 0;
  /// A running store has ended so, or could not be started.
  virtual void end(std::size_t store, ExitCode code) = 0;
  /// A running store could not be started beside the others: its turn comes again, and from here on no more
  /// run at once than these.
  virtual void defer(std::size_t store) = 0;
  /// No more are started.
  virtual void stop() = 0;

  virtual std::vector<std::size_t> running() const = 0;
  /// Those running that are another's by now, as far as start_next() has learnt: their processes stood still.
  virtual std::vector<std::size_t> overtaken() const { return {}; }
  // Counts are stores, whoever works on them.
  virtual std::size_t ended() const = 0;
  virtual std::size_t total() const = 0;
  /// Nothing runs, and nothing will.
  virtual bool is_over() const = 0;
  /// When to ask for the next store though none has ended here; nothing: there is no need to.
  virtual std::optional<std::chrono::milliseconds> ask_again_after() const = 0;
};

}  // namespace consent_sync::app
