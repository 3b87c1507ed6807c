#include "gate.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace consent_sync::sync {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace

Gate::Gate(asio::any_io_executor executor, pace::Pacer& pacer, pace::Breaker& breaker)
    : pacer_(pacer), breaker_(breaker), executor_(executor), instant_(executor) {}

pace::TimePoint Gate::next_departure(pace::TimePoint now) const {
  return std::max(pacer_.next_departure(now), breaker_.next_departure(now));
}

asio::awaitable<std::optional<pace::TimePoint>> Gate::pass() {
  if (front_taken_) co_await wait_for_turn();
  front_taken_ = true;
  co_await wait_for_instant();
  std::optional<pace::TimePoint> departed;
  if (!shut_) {
    departed = Clock::now();
    pacer_.on_departure(*departed);
    breaker_.on_departure(*departed);
  }
  give_way();
  co_return departed;
}

asio::awaitable<void> Gate::wait_for_turn() {
  asio::steady_timer turn(executor_, asio::steady_timer::time_point::max());
  queue_.push_back(&turn);
  co_await turn.async_wait(as_result);
}

asio::awaitable<void> Gate::wait_for_instant() {
  while (!shut_) {
    const pace::TimePoint now = Clock::now();
    const pace::TimePoint instant = next_departure(now);
    if (instant <= now) co_return;
    instant_.expires_at(instant);
    co_await instant_.async_wait(as_result);
  }
}

void Gate::give_way() {
  if (queue_.empty()) {
    front_taken_ = false;
    return;
  }
  asio::steady_timer* next = queue_.front();
  queue_.pop_front();
  next->cancel();
}

void Gate::reconsider() {
  instant_.cancel();
}

void Gate::shut() {
  shut_ = true;
  instant_.cancel();
}

}  // namespace consent_sync::sync
