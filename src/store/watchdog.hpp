#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

namespace consent_sync::store {

/// Ends what takes too long. One timer serves for many spans of time, which end nearly all in time: to set
/// and cancel a timer for each of them costs as much as a system call. Used on its executor's thread only.
class Watchdog {
  struct State;

 public:
  using Clock = std::chrono::steady_clock;

  /// `on_late` is called on the executor when a span has not ended by its deadline.
  Watchdog(const boost::asio::any_io_executor& executor, std::function<void()> on_late);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// For as long as it lives, something is to end by the deadline. One at a time. May outlive the watchdog: a
  /// coroutine's frame may go only with its io_context.
  class Span {
   public:
    Span(Watchdog& watchdog, Clock::time_point deadline);
    ~Span();
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    std::shared_ptr<State> state_;
  };

  /// The present span, or else the last one, has not ended in time.
  bool is_late() const;

  /// No timer stays behind that would keep an io_context running. The next span sets it again.
  void rest();

 private:
  static void set_timer(const std::shared_ptr<State>& state);
  static void look(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  ///< with the timer's handler, which may outlive the watchdog
};

}  // namespace consent_sync::store
