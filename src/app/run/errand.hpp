#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <consent_sync/sync/engine.hpp>

#include "../progress_view.hpp"
#include "../settings/config.hpp"
#include "../settings/deadline.hpp"
#include "../terminal.hpp"
#include "deadline_watch.hpp"
#include "rate_meter.hpp"
#include "sending.hpp"
#include "signals.hpp"

namespace consent_sync::app {

/// What is counted while the store is busy with us.
struct Errand {
  std::uint64_t queued = 0;
  std::string_view noun = "changes";
  std::string announcement;         ///< logged once signals are obeyed: whoever waits for it may send one
  ledger::OutcomeCounts rows = {};  ///< of the run as it begins; none: what is counted are no rows
  std::function<void(const sync::Progress&)> watch =
      nullptr;  ///< is shown the progress now and then; may be empty
  std::optional<Deadline> deadline = std::nullopt;
};

/// Shows how it goes: often on a terminal, seldom in a log. What a person should know at once is a warning.
class ProgressReporter {
 public:
  ProgressReporter(boost::asio::io_context& io, std::function<sync::Progress()> progress, Errand errand,
                   const Config& config, Terminal& terminal);

  void tell() const;

 private:
  using Clock = std::chrono::steady_clock;

  SendingFacts facts(const sync::Progress& now) const;
  void wait();
  void look();
  void show(const sync::Progress& now);
  void warn_of_trouble(const sync::Progress& now);

  const std::function<sync::Progress()> progress_;
  const Errand errand_;
  const Config& config_;
  Terminal& terminal_;
  boost::asio::steady_timer timer_;
  const Clock::time_point started_;
  RateMeter requests_;
  RateMeter ended_;
  Clock::time_point told_at_;
  bool was_in_trouble_ = false;
};

/// First signal: nothing new is sent; second: what is in flight ends at once.
void obey(Signals& signals, const ProgressReporter& reporter, std::function<void(sync::Stopped)> stop,
          std::function<void()> abort);

void announce(const Errand& errand);

SendingEnd end_of(const std::optional<sync::Stopped>& stopped, const Signals& signals);

/// Runs an engine, or anything with its functions, until it ends; shows the progress, and obeys signals and
/// the deadline.
template <class Engine>
SendingEnd run_errand(boost::asio::io_context& io, Engine& engine, Errand errand, const Config& config,
                      Terminal& terminal) {
  Signals signals(io);
  ProgressReporter reporter(
      io, [&engine] { return engine.progress(); }, errand, config, terminal);
  obey(
      signals, reporter, [&engine](sync::Stopped why) { engine.stop(std::move(why)); },
      [&engine] { engine.abort(); });
  announce(errand);
  DeadlineWatch watch(
      io, errand.deadline, config.http.timeout, [&engine] { return engine.progress(); },
      [&engine](sync::Stopped why) { engine.stop(std::move(why)); }, [&engine] { engine.abort(); });
  std::optional<sync::Stopped> stopped;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, engine.run(), [&](std::exception_ptr thrown, std::optional<sync::Stopped> how) {
    failure = thrown;
    stopped = std::move(how);
    io.stop();  // signals and progress would wait for ever
  });
  watch.begin();
  io.run();
  if (failure) std::rethrow_exception(failure);
  return end_of(stopped, signals);
}

}  // namespace consent_sync::app
