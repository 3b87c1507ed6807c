#include "gate.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace consent_sync::sync {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// A place in the line for as long as a coroutine waits, however that ends. Who leaves wakes the next in
// front.
class Place {
 public:
  Place(std::shared_ptr<std::deque<asio::steady_timer*>> line, asio::steady_timer& timer)
      : line_(std::move(line)), timer_(timer) {
    line_->push_back(&timer_);
  }
  ~Place() {
    const bool was_in_front = line_->front() == &timer_;
    line_->erase(std::find(line_->begin(), line_->end(), &timer_));
    if (was_in_front && !line_->empty()) line_->front()->cancel();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::shared_ptr<std::deque<asio::steady_timer*>> line_;
  asio::steady_timer& timer_;
};

}  // namespace

Gate::Gate(asio::any_io_executor executor, pace::Pacer& pacer, std::function<void()> on_given_up)
    : executor_(std::move(executor)),
      pacer_(pacer),
      on_given_up_(std::move(on_given_up)),
      line_(std::make_shared<Line>()) {}

std::optional<pace::TimePoint> Gate::pass_now() {
  const pace::TimePoint now = Clock::now();
  if (!line_->empty() || !is_open(now)) return std::nullopt;
  pacer_.on_departure(now);
  return now;
}

asio::awaitable<std::optional<pace::TimePoint>> Gate::pass() {
  Timer timer(executor_);
  const Place place(line_, timer);
  const bool may_leave = co_await wait_in_line(timer);
  if (!may_leave) co_return std::nullopt;
  const pace::TimePoint departed = Clock::now();
  pacer_.on_departure(departed);
  co_return departed;
}

// In front, until the pacer's instant; else until the line moves. Both end a wait by cancelling the timer.
asio::awaitable<bool> Gate::wait_in_line(Timer& timer) {
  while (!shut_) {
    pace::TimePoint instant = pace::TimePoint::max();
    if (line_->front() == &timer) {
      const pace::TimePoint now = Clock::now();
      look_for_end(now);
      instant = pacer_.next_departure(now);
      if (instant <= now && !shut_) co_return true;
      instant = std::min(instant, pacer_.gives_up_at());
    }
    timer.expires_at(instant);
    co_await timer.async_wait(as_result);
  }
  co_return false;
}

/// Whoever is in front may leave now.
bool Gate::is_open(pace::TimePoint now) {
  look_for_end(now);
  return !shut_ && pacer_.next_departure(now) <= now;
}

void Gate::look_for_end(pace::TimePoint now) {
  if (now < pacer_.gives_up_at() || !on_given_up_) return;
  std::exchange(on_given_up_, nullptr)();
}

void Gate::reconsider() {
  if (!line_->empty()) line_->front()->cancel();
}

void Gate::shut() {
  shut_ = true;
  for (Timer* timer : *line_) timer->cancel();
}

}  // namespace consent_sync::sync
