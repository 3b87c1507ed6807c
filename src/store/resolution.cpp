#include "resolution.hpp"

#include <algorithm>

#include "as_result.hpp"

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds least_age(5);

}  // namespace

Resolution::Resolution(std::string host, std::uint16_t port, bool is_ip)
    : host_(std::move(host)), port_(port), is_ip_(is_ip) {
  if (is_ip_) endpoints_.emplace_back(asio::ip::make_address(host_), port);
}

asio::awaitable<void> Resolution::wait(asio::steady_timer& timer, std::chrono::milliseconds timeout) {
  take_found();
  if (!endpoints_.empty()) co_return;
  if (!lookup_) {
    error_.clear();
    lookup_ = Lookup::begin(host_, port_);
  }
  timer.expires_after(timeout);
  const Lookup::Place place(lookup_, timer);
  if (!lookup_->found()) co_await timer.async_wait(as_result);
  take_found();
}

void Resolution::take_found() {
  std::optional<Lookup::Found> found = lookup_ ? lookup_->found() : std::nullopt;
  if (!found) return;
  lookup_.reset();
  error_ = found->error;
  endpoints_ = std::move(found->endpoints);
  looked_up_at_ = Clock::now();
}

void Resolution::distrust() {
  if (is_ip_ || lookup_ || Clock::now() - looked_up_at_ < least_age) return;
  endpoints_.clear();
}

void Resolution::prefer(const Endpoint& endpoint) {
  const auto found = std::find(endpoints_.begin(), endpoints_.end(), endpoint);
  if (found != endpoints_.end()) std::rotate(endpoints_.begin(), found, found + 1);
}

}  // namespace consent_sync::store
