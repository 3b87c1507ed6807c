#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <consent_sync/report/stores.hpp>

#include "../run/signals.hpp"
#include "../settings/settings_of_store.hpp"
#include "../terminal.hpp"
#include "child_process.hpp"
#include "relayed_lines.hpp"
#include "turns.hpp"

namespace consent_sync::app {

/// Runs a process for each store, so that none can harm another: each has its own pace, its own ledger, its
/// own memory, and its own end. What they log is shown with their names.
class Supervisor {
 public:
  /// All that is referred to outlives it. `arguments`: our own command line, without the program's name.
  Supervisor(const Config& common, const std::vector<StoreJob>& stores, Turns& turns,
             std::vector<std::string> arguments, consent::Timestamp started, Terminal& terminal);

  /// Until all turns are over, or, once a signal asks for it, the stores at work have ended. In the order of
  /// `stores`. Throws what the turns throw, once they have.
  std::vector<report::StoreResult> run();

  /// The signal that ended it early, as an exit code.
  std::optional<ExitCode> interrupted_with() const;

 private:
  using Clock = std::chrono::steady_clock;

  /// A store as its process is seen.
  struct Watched {
    report::StoreResult result;
    std::unique_ptr<ChildProcess> process;
    LineSplitter lines;
    Clock::time_point started;
    bool is_ended_by_us = false;
  };

  void start_due();
  void start(std::size_t store);
  void on_error_output(std::size_t store, std::string_view bytes);
  void on_ended(std::size_t store);
  void go_on();
  void end_overtaken();
  static void kill(Watched& watched);
  void stop(int count);
  void answer();
  void wait_for_suspension();
  void send_all(int signal);
  void show(std::size_t store, std::string_view line);
  void show_status();

  const Config& common_;
  const std::vector<StoreJob>& stores_;
  const std::vector<std::string> arguments_;
  const consent::Timestamp started_;
  Terminal& terminal_;
  std::size_t name_width_ = 0;
  Turns& turns_;
  boost::asio::io_context io_{1};  ///< before the processes, which have their pipes in it
  boost::asio::steady_timer ask_again_{io_};
  std::vector<Watched> watched_;
  Signals signals_{io_};
  boost::asio::signal_set suspension_{io_, SIGTSTP};
  bool is_interrupted_ = false;
  std::exception_ptr failure_;  ///< of the turns
};

}  // namespace consent_sync::app
