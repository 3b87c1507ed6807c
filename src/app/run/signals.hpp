#pragma once

#include <array>
#include <csignal>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "../exit_code.hpp"

namespace consent_sync::app {

/// SIGINT, SIGTERM, SIGHUP (unless it was ignored) and SIGUSR1, seen whenever the io_context runs; one at a
/// time. As it goes, what was in force before is in force again, without an instant between at which a
/// question would have its default effect, the end of the process; Asio's own signal_set has one. Once a
/// signal has ended the run, SIGHUP stays ignored: the terminal and its shell may both tell of one hang-up.
class Signals {
 public:
  /// Throws std::system_error.
  explicit Signals(boost::asio::io_context& io);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Called for each SIGINT or SIGTERM, and the first SIGHUP: the how-manieth it is.
  std::function<void(int count)> on_end;
  /// Called for each SIGUSR1.
  std::function<void()> on_ask;

  /// Of the first of them. A terminal that goes away is no wish of a person's: SIGHUP counts as SIGTERM.
  ExitCode exit_code() const { return ended_by_ == SIGINT ? ExitCode::interrupted : ExitCode::terminated; }
  const char* reason() const;

 private:
  void wait();
  void take(int signal);

  boost::asio::posix::stream_descriptor pipe_;
  std::array<struct sigaction, 4> before_{};
  std::optional<int> ended_by_;
  int count_ = 0;
};

}  // namespace consent_sync::app
