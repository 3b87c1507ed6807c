#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <consent_sync/sync/engine.hpp>

#include "../settings/deadline.hpp"

namespace consent_sync::app {

/// Stops an engine early enough for what is in flight to be answered by the deadline, and aborts what is not.
class DeadlineWatch {
 public:
  /// `timeout`: the longest that a step of a request takes. Without a deadline nothing happens.
  DeadlineWatch(boost::asio::io_context& io, const std::optional<Deadline>& deadline,
                std::chrono::milliseconds timeout, std::function<sync::Progress()> progress,
                std::function<void(sync::Stopped)> stop, std::function<void()> abort);

  /// Looks at once, so that nothing leaves when it is too late already, and then from time to time.
  void begin();

 private:
  void look();
  void wait(std::chrono::steady_clock::duration delay);
  void stop(const sync::Progress& now, std::chrono::milliseconds left);
  void abort(const sync::Progress& now);

  const std::optional<Deadline>& deadline_;
  const std::chrono::milliseconds timeout_;
  const std::function<sync::Progress()> progress_;
  const std::function<void(sync::Stopped)> stop_;
  const std::function<void()> abort_;
  boost::asio::steady_timer timer_;
  bool has_stopped_ = false;
};

}  // namespace consent_sync::app
