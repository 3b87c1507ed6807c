#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "../settings/deadline.hpp"

namespace consent_sync::app {

/// Obeys a deadline in phases that may be cut off at any instant, as by a signal (see exit_on_signals):
/// reading and planning, whatever they wait for. A thread of its own ends the process. Where requests are in
/// flight run_errand obeys it instead: call keep_off() before.
class TimeLimit {
 public:
  /// `end_process` is called on another thread, once, and does not return. Without a deadline nothing
  /// happens.
  TimeLimit(std::optional<Deadline> deadline, std::function<void()> end_process);
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
  ~TimeLimit();

  const std::optional<Deadline>& deadline() const { return deadline_; }

  /// From here on, until watch(), the process is not ended. If that has begun already, it does not return.
  void keep_off();
  void watch();

 private:
  void run();

  const std::optional<Deadline> deadline_;
  const std::function<void()> end_process_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool watches_ = true;
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace consent_sync::app
