#include "watchdog.hpp"

#include <optional>
#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace consent_sync::store {

struct Watchdog::State {
  State(const boost::asio::any_io_executor& executor, std::function<void()> call)
      : timer(executor), on_late(std::move(call)) {}

  boost::asio::steady_timer timer;
  std::function<void()> on_late;
  std::optional<Clock::time_point> deadline;  ///< of the span, while there is one
  bool is_set = false;                        ///< the timer, to a deadline of this span or of one before
  bool is_late = false;
};

Watchdog::Watchdog(const boost::asio::any_io_executor& executor, std::function<void()> on_late)
    : state_(std::make_shared<State>(executor, std::move(on_late))) {}

Watchdog::~Watchdog() {
  state_->deadline.reset();
  rest();
}

Watchdog::Span::Span(Watchdog& watchdog, Clock::time_point deadline) : state_(watchdog.state_) {
  state_->deadline = deadline;
  state_->is_late = false;
  if (!state_->is_set || deadline < state_->timer.expiry()) set_timer(state_);
}

Watchdog::Span::~Span() {
  state_->deadline.reset();
}

bool Watchdog::is_late() const {
  return state_->is_late;
}

void Watchdog::rest() {
  state_->timer.cancel();
  state_->is_set = false;
}

void Watchdog::set_timer(const std::shared_ptr<State>& state) {
  state->is_set = true;
  state->timer.expires_at(*state->deadline);
  state->timer.async_wait([state](const boost::system::error_code& error) {
    if (!error) look(state);
  });
}

/// The timer may have been set for a span that has ended since.
void Watchdog::look(const std::shared_ptr<State>& state) {
  state->is_set = false;
  if (!state->deadline) return;
  if (Clock::now() < *state->deadline) return set_timer(state);
  state->deadline.reset();
  state->is_late = true;
  state->on_late();
}

}  // namespace consent_sync::store
