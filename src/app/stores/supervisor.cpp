#include "supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../progress_view.hpp"
#include "exit_code_of_whole.hpp"
#include "run_of_store.hpp"
#include "supervision.hpp"

namespace consent_sync::app {
namespace {

using End = report::StoreResult::End;

std::size_t longest_name(const std::vector<StoreJob>& stores) {
  std::size_t width = 0;
  for (const StoreJob& job : stores) width = std::max(width, job.config.store.hash.size());
  return width;
}

/// What a process says on its standard output: where its report is.
std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

Supervisor::Supervisor(const Config& common, const std::vector<StoreJob>& stores, Turns& turns,
                       std::vector<std::string> arguments, consent::Timestamp started, Terminal& terminal)
    : common_(common),
      stores_(stores),
      arguments_(std::move(arguments)),
      started_(started),
      terminal_(terminal),
      name_width_(longest_name(stores)),
      turns_(turns),
      watched_(stores.size()) {
  for (std::size_t i = 0; i < stores.size(); ++i) watched_[i].result.store = stores[i].config.store.hash;
}

std::vector<report::StoreResult> Supervisor::run() {
  signals_.on_end = [this](int count) { stop(count); };
  signals_.on_ask = [this] { answer(); };
  wait_for_suspension();
  go_on();
  io_.run();
  terminal_.status("");
  if (failure_) std::rethrow_exception(failure_);
  std::vector<report::StoreResult> results;
  for (Watched& watched : watched_) results.push_back(std::move(watched.result));
  return results;
}

std::optional<ExitCode> Supervisor::interrupted_with() const {
  if (!is_interrupted_) return std::nullopt;
  return signals_.exit_code();
}

// Signals would be waited for for ever.
void Supervisor::go_on() {
  start_due();
  end_overtaken();
  show_status();
  if (turns_.is_over()) return io_.stop();
  const std::optional<std::chrono::milliseconds> pause = turns_.ask_again_after();
  if (!pause) return;
  ask_again_.expires_after(*pause);
  ask_again_.async_wait([this](boost::system::error_code error) {
    if (!error) go_on();
  });
}

// What ends us ends those at work as a signal would: they finish what is in flight.
void Supervisor::start_due() {
  try {
    while (const std::optional<std::size_t> store = turns_.start_next()) start(*store);
  } catch (...) {
    if (failure_) return;
    failure_ = std::current_exception();
    turns_.stop();
    send_all(SIGTERM);
  }
}

// What it would write as it goes on would reach the store beside the requests of whoever has it now.
void Supervisor::end_overtaken() {
  for (const std::size_t store : turns_.overtaken()) {
    Watched& watched = watched_[store];
    if (watched.is_ended_by_us) continue;
    spdlog::warn("store {}: its process stood still, and another has taken the store over: it is ended",
                 watched.result.store);
    kill(watched);
  }
}

void Supervisor::kill(Watched& watched) {
  watched.is_ended_by_us = true;
  watched.process->send(SIGKILL);
}

void Supervisor::start(std::size_t store) {
  Watched& watched = watched_[store];
  watched.result = {};  // it may be its second turn
  watched.result.store = stores_[store].config.store.hash;
  watched.started = Clock::now();
  watched.is_ended_by_us = false;
  try {
    watched.process = std::make_unique<ChildProcess>(
        io_, arguments_for(arguments_, stores_[store].config, started_),
        environment_for(our_environment(), stores_[store].config, stores_),
        ChildProcess::Handlers{[this, store](std::string_view bytes) { on_error_output(store, bytes); },
                               [this, store] { on_ended(store); }});
  } catch (const std::system_error& problem) {
    if (const std::size_t others = turns_.running().size() - 1; others > 0) {
      spdlog::warn("{} stores at once are all that there is room for: {}; the others wait for one to end",
                   others, problem.code().message());
      return turns_.defer(store);
    }
    watched.result.end = End::killed;
    watched.result.reason = problem.code().message();
    turns_.end(store, exit_code_of(watched.result));
    spdlog::error("store {}: its process cannot be started: {}", watched.result.store, watched.result.reason);
  }
}

void Supervisor::on_error_output(std::size_t store, std::string_view bytes) {
  watched_[store].lines.add(bytes, [&](std::string_view line) { show(store, line); });
}

void Supervisor::show(std::size_t store, std::string_view line) {
  report::StoreResult& result = watched_[store].result;
  if (std::string word = last_word(line, common_.log.format); !word.empty()) result.reason = std::move(word);
  terminal_.line(relayed(line, result.store, name_width_, common_.log.format));
}

void Supervisor::on_ended(std::size_t store) {
  Watched& watched = watched_[store];
  report::StoreResult& result = watched.result;
  const ChildProcess& process = *watched.process;
  watched.lines.finish([&](std::string_view line) { show(store, line); });
  result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - watched.started);
  result.end = process.signal() ? End::killed : End::exited;
  result.exit_code = process.exit_code().value_or(0);
  result.signal = process.signal().value_or(0);
  if (const std::string report = first_line(process.output()); !report.empty()) result.run = read_run(report);
  if (result.end == End::killed) {
    spdlog::error("store {}: {}; what was confirmed is kept", result.store, ended_by(result.signal));
  }
  turns_.end(store, watched.is_ended_by_us ? signals_.exit_code() : exit_code_of(result));
  go_on();
}

void Supervisor::stop(int count) {
  if (count > 3) return;
  if (count == 3) {  // one that stands still hears nothing else
    spdlog::warn("the stores at work are ended as they are; what was in flight will be sent again");
    for (const std::size_t store : turns_.running()) kill(watched_[store]);
    return;
  }
  is_interrupted_ = true;
  turns_.stop();
  if (count == 1) {
    spdlog::warn(
        "{}: no more stores are started, and those at work finish what is in flight; once more stops at once",
        signals_.reason());
  }
  send_all(signals_.exit_code() == ExitCode::terminated ? SIGTERM : SIGINT);
  go_on();
}

void Supervisor::answer() {
  spdlog::info("{} of {} stores have ended, {} are at work here", turns_.ended(), turns_.total(),
               turns_.running().size());
  send_all(SIGUSR1);
}

// A terminal's Ctrl-Z reaches us alone: the stores rest while we do.
void Supervisor::wait_for_suspension() {
  suspension_.async_wait([this](boost::system::error_code error, int) {
    if (error) return;
    terminal_.status("");
    send_all(SIGSTOP);
    ::raise(SIGSTOP);
    send_all(SIGCONT);
    show_status();
    wait_for_suspension();
  });
}

void Supervisor::send_all(int signal) {
  for (const std::size_t store : turns_.running()) watched_[store].process->send(signal);
}

void Supervisor::show_status() {
  const auto total = static_cast<double>(std::max<std::size_t>(turns_.total(), 1));
  const double share = static_cast<double>(turns_.ended()) / total;
  terminal_.status(bar_line("stores", share, terminal_.has_unicode(),
                            fmt::format("{} of {} have ended, {} at work here", turns_.ended(),
                                        turns_.total(), turns_.running().size())));
}

}  // namespace consent_sync::app
