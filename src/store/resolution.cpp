#include "resolution.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds least_age(5);

}  // namespace

Resolution::Resolution(std::string host, std::uint16_t port, bool is_ip)
    : host_(std::move(host)), port_(std::to_string(port)), is_ip_(is_ip) {
  if (is_ip_) endpoints_.emplace_back(asio::ip::make_address(host_), port);
}

asio::awaitable<void> Resolution::wait(asio::steady_timer& timer, std::chrono::milliseconds timeout) {
  if (!endpoints_.empty()) co_return;
  if (!running_) look_up(timer.get_executor());
  timer.expires_after(timeout);
  waiting_.push_back(&timer);
  co_await timer.async_wait(as_result);
  std::erase(waiting_, &timer);
}

void Resolution::look_up(const asio::any_io_executor& executor) {
  error_.clear();
  running_.emplace(executor);
  running_->async_resolve(host_, port_,
                          [self = shared_from_this()](boost::system::error_code error, const auto& found) {
                            self->error_ = error;
                            for (const auto& entry : found) self->endpoints_.push_back(entry.endpoint());
                            self->looked_up_at_ = Clock::now();
                            self->running_.reset();
                            for (asio::steady_timer* timer : self->waiting_) timer->cancel();
                          });
}

void Resolution::distrust() {
  if (is_ip_ || running_ || Clock::now() - looked_up_at_ < least_age) return;
  endpoints_.clear();
}

void Resolution::prefer(const Endpoint& endpoint) {
  const auto found = std::find(endpoints_.begin(), endpoints_.end(), endpoint);
  if (found != endpoints_.end()) std::rotate(endpoints_.begin(), found, found + 1);
}

}  // namespace consent_sync::store
