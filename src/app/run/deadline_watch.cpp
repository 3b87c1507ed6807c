#include "deadline_watch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <consent_sync/pace/deadline.hpp>

#include "../figures.hpp"
#include "../progress_view.hpp"

namespace consent_sync::app {

using Action = pace::DeadlineStep::Action;

DeadlineWatch::DeadlineWatch(boost::asio::io_context& io, const std::optional<Deadline>& deadline,
                             std::chrono::milliseconds timeout, std::function<sync::Progress()> progress,
                             std::function<void(sync::Stopped)> stop, std::function<void()> abort)
    : deadline_(deadline),
      timeout_(timeout),
      progress_(std::move(progress)),
      stop_(std::move(stop)),
      abort_(std::move(abort)),
      timer_(io) {}

void DeadlineWatch::begin() {
  if (deadline_) look();
}

// By the wall clock, which may be set meanwhile: the shop opens by it.
void DeadlineWatch::look() {
  const sync::Progress now = progress_();
  // A day is as good as all of a far future, which the finer unit could not tell.
  const auto time_left = deadline_->at - consent::now();
  const pace::Duration left = std::min<std::chrono::microseconds>(time_left, std::chrono::hours(24));
  const pace::DeadlineStep step = pace::judge_deadline(left, now.slowest_lately, timeout_);
  if (step.action != Action::go_on && !has_stopped_)
    stop(now, std::chrono::ceil<std::chrono::milliseconds>(left));
  if (step.action == Action::abort) return abort(now);
  wait(step.look_again);
}

void DeadlineWatch::wait(std::chrono::steady_clock::duration delay) {
  timer_.expires_after(delay);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

void DeadlineWatch::stop(const sync::Progress& now, std::chrono::milliseconds left) {
  has_stopped_ = true;
  spdlog::warn("{} comes in {}: nothing new is sent{}", deadline_->name,
               show_time(std::max(left, std::chrono::milliseconds{0})),
               now.in_flight > 0 ? ", and requests in flight are let finish" : "");
  stop_({sync::Stopped::By::deadline, fmt::format("{} came before every row was reached", deadline_->name)});
}

void DeadlineWatch::abort(const sync::Progress& now) {
  if (now.in_flight == 0) return;
  spdlog::warn(
      "{} has come: what was in flight ({}) was not answered in time; it may have been applied, and will be "
      "sent "
      "again",
      deadline_->name, now.in_flight);
  abort_();
}

}  // namespace consent_sync::app
