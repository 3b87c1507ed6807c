#include "lookup.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;

Lookup::Found ask_system(const std::string& host, std::uint16_t port) {
  asio::io_context here;
  asio::ip::tcp::resolver resolver(here);
  Lookup::Found found;
  for (const auto& entry : resolver.resolve(host, std::to_string(port), found.error)) {
    found.endpoints.push_back(entry.endpoint());
  }
  return found;
}

}  // namespace

Lookup::Place::Place(std::shared_ptr<Lookup> lookup, asio::steady_timer& timer)
    : lookup_(std::move(lookup)), timer_(timer), executor_(timer.get_executor()) {
  const std::lock_guard lock(lookup_->mutex_);
  lookup_->waiting_.push_back(this);
}

Lookup::Place::~Place() {
  const std::lock_guard lock(lookup_->mutex_);
  std::erase(lookup_->waiting_, this);
}

std::shared_ptr<Lookup> Lookup::begin(std::string host, std::uint16_t port) {
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host = std::move(host), port] { lookup->end(ask_system(host, port)); }).detach();
  return lookup;
}

std::optional<Lookup::Found> Lookup::found() const {
  const std::lock_guard lock(mutex_);
  return found_;
}

// An io_context takes the mutex, too, before it is gone: whoever stands among those who wait can be told.
void Lookup::end(Found found) {
  const std::lock_guard lock(mutex_);
  found_ = std::move(found);
  for (const Place* place : waiting_) {
    asio::post(place->executor_, [self = shared_from_this(), place] { self->wake(place); });
  }
}

/// On the thread of who waits, who may have left meanwhile.
void Lookup::wake(const Place* place) {
  const std::lock_guard lock(mutex_);
  if (std::find(waiting_.begin(), waiting_.end(), place) != waiting_.end()) place->timer_.cancel();
}

}  // namespace consent_sync::store
