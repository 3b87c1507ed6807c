#include "errand.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "../exit_code.hpp"
#include "../figures.hpp"
#include "../progress_view.hpp"
#include "logged_reason.hpp"

namespace consent_sync::app {
namespace {

constexpr std::chrono::seconds lately{10};
constexpr std::chrono::seconds longer{60};
constexpr std::chrono::seconds between_lines{10};

ExitCode exit_code_for(const sync::Stopped& stopped, const Signals& signals) {
  switch (stopped.by) {
    case sync::Stopped::By::request:
      return signals.exit_code();
    case sync::Stopped::By::store_refused:
      return ExitCode::store_refused;
    case sync::Stopped::By::misconfigured:
      return ExitCode::usage;
    case sync::Stopped::By::store_unavailable:
      return ExitCode::store_unavailable;
    case sync::Stopped::By::deadline:
      return ExitCode::deadline;
    case sync::Stopped::By::not_ours:
      return ExitCode::store_held;
  }
  return ExitCode::defect;
}

}  // namespace

ProgressReporter::ProgressReporter(boost::asio::io_context& io, std::function<sync::Progress()> progress,
                                   Errand errand, const Config& config, Terminal& terminal)
    : progress_(std::move(progress)),
      errand_(std::move(errand)),
      config_(config),
      terminal_(terminal),
      timer_(io),
      started_(Clock::now()),
      told_at_(started_) {
  wait();
}

void ProgressReporter::tell() const {
  spdlog::info("{}", progress_sentence(facts(progress_())));
}

SendingFacts ProgressReporter::facts(const sync::Progress& now) const {
  SendingFacts facts;
  facts.progress = now;
  facts.queued = errand_.queued;
  facts.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  facts.noun = errand_.noun;
  facts.rows = errand_.rows;
  facts.burst = config_.rate.shape == pace::Shape::burst;
  if (now.window) {
    const auto left = now.window->begin + now.window->length - Clock::now();
    facts.next_window =
        std::max(std::chrono::milliseconds{0}, std::chrono::ceil<std::chrono::milliseconds>(left));
  }
  facts.requests_per_second = requests_.over(lately);
  facts.ended_per_second = ended_.over(longer);
  return facts;
}

void ProgressReporter::wait() {
  timer_.expires_after(std::chrono::milliseconds{200});
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    look();
    wait();
  });
}

void ProgressReporter::look() {
  const sync::Progress now = progress_();
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  requests_.add(elapsed, now.traffic.put + now.traffic.get);
  ended_.add(elapsed, now.ended.total());
  warn_of_trouble(now);
  show(now);
  if (errand_.watch) errand_.watch(now);
}

void ProgressReporter::show(const sync::Progress& now) {
  if (config_.quiet) return;
  if (terminal_.is_interactive()) {
    terminal_.status(progress_view(facts(now), terminal_.has_unicode()));
  } else if (Clock::now() - told_at_ >= between_lines) {
    told_at_ = Clock::now();
    tell();
  }
}

void ProgressReporter::warn_of_trouble(const sync::Progress& now) {
  const bool in_trouble = now.breaker != pace::Breaker::State::closed;
  if (in_trouble && !was_in_trouble_) {
    spdlog::warn("the store is in trouble ({}): pausing, and asking again now and then, for {} at most",
                 logged_reason(now.last_failure, config_.log.customers),
                 show_time(config_.retry.give_up_after));
  } else if (was_in_trouble_ && !in_trouble) {
    spdlog::info("the store is well again");
  }
  was_in_trouble_ = in_trouble;
}

void obey(Signals& signals, const ProgressReporter& reporter, std::function<void(sync::Stopped)> stop,
          std::function<void()> abort) {
  signals.on_ask = [&reporter] { reporter.tell(); };
  signals.on_end = [&signals, stop = std::move(stop), abort = std::move(abort)](int count) {
    if (count == 1) {
      spdlog::warn("{}: requests in flight are let finish; once more stops at once", signals.reason());
      stop({sync::Stopped::By::request, signals.reason()});
    } else {
      spdlog::warn("stopping at once; what was in flight may have been applied, and will be sent again");
      abort();
    }
  };
}

void announce(const Errand& errand) {
  spdlog::info("{}", errand.announcement);
}

SendingEnd end_of(const std::optional<sync::Stopped>& stopped, const Signals& signals) {
  SendingEnd end;
  if (!stopped) return end;
  end.stopped_with = exit_code_for(*stopped, signals);
  end.reason = stopped->reason;
  return end;
}

}  // namespace consent_sync::app
