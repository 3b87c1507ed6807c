#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <consent_sync/pace/pacer.hpp>

namespace consent_sync::sync {

/// Lets one request after another out when the pacer says so; who came first leaves first. The one in front
/// sleeps until the instant it is told, the others until it is their turn: nobody polls. Engine thread only.
class Gate {
 public:
  /// `on_given_up` is called, at most once, when the pacer's gives_up_at() has come.
  Gate(boost::asio::any_io_executor executor, pace::Pacer& pacer, std::function<void()> on_given_up);

  /// For whom nobody waits in line and the instant has come: as pass(), at once. Else nothing.
  std::optional<pace::TimePoint> pass_now();

  /// Waits for the turn and the instant, and tells the pacer of the departure: its time, by which the pacer
  /// knows the request again. Nothing: the gate has been shut.
  boost::asio::awaitable<std::optional<pace::TimePoint>> pass();

  /// The pacer learned something: whoever is in front asks again.
  void reconsider();

  /// Nobody passes any more; everybody who waits comes back with nothing.
  void shut();

  /// How many wait, the one in front included.
  std::size_t waiting() const { return line_->size(); }

 private:
  using Timer = boost::asio::steady_timer;
  using Line = std::deque<Timer*>;  // in the frames of those who wait, who may outlive the gate

  boost::asio::awaitable<bool> wait_in_line(Timer& timer);
  bool is_open(pace::TimePoint now);
  void look_for_end(pace::TimePoint now);

  boost::asio::any_io_executor executor_;
  pace::Pacer& pacer_;
  std::function<void()> on_given_up_;
  std::shared_ptr<Line> line_;
  bool shut_ = false;
};

}  // namespace consent_sync::sync
