#include "resolution.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "as_result.hpp"

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds least_age(5);

}  // namespace

/// Among those who wait, for as long as it lives: who waits may be gone before the lookup is done.
class Resolution::Place {
 public:
  Place(std::vector<asio::steady_timer*>& waiting, asio::steady_timer& timer)
      : waiting_(waiting), timer_(&timer) {
    waiting_.push_back(timer_);
  }
  ~Place() { std::erase(waiting_, timer_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  std::vector<asio::steady_timer*>& waiting_;
  asio::steady_timer* const timer_;
};

Resolution::Resolution(std::string host, std::uint16_t port, bool is_ip)
    : host_(std::move(host)), port_(std::to_string(port)), is_ip_(is_ip) {
  if (is_ip_) endpoints_.emplace_back(asio::ip::make_address(host_), port);
}

asio::awaitable<void> Resolution::wait(asio::steady_timer& timer, std::chrono::milliseconds timeout) {
  if (!endpoints_.empty()) co_return;
  if (running_.expired()) look_up(timer.get_executor());
  timer.expires_after(timeout);
  const Place place(waiting_, timer);
  co_await timer.async_wait(as_result);
}

void Resolution::look_up(const asio::any_io_executor& executor) {
  error_.clear();
  const auto resolver = std::make_shared<asio::ip::tcp::resolver>(executor);
  running_ = resolver;
  resolver->async_resolve(
      host_, port_,
      [self = shared_from_this(), resolver](boost::system::error_code error, const auto& found) {
        self->note(error, found);
      });
}

void Resolution::note(const boost::system::error_code& error,
                      const asio::ip::tcp::resolver::results_type& found) {
  running_.reset();
  error_ = error;
  for (const auto& entry : found) endpoints_.push_back(entry.endpoint());
  looked_up_at_ = Clock::now();
  for (asio::steady_timer* timer : waiting_) timer->cancel();
}

void Resolution::distrust() {
  if (is_ip_ || !running_.expired() || Clock::now() - looked_up_at_ < least_age) return;
  endpoints_.clear();
}

void Resolution::prefer(const Endpoint& endpoint) {
  const auto found = std::find(endpoints_.begin(), endpoints_.end(), endpoint);
  if (found != endpoints_.end()) std::rotate(endpoints_.begin(), found, found + 1);
}

}  // namespace consent_sync::store
