#pragma once

#include <csignal>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "../exit_code.hpp"

namespace consent_sync::app {

/// SIGINT, SIGTERM and SIGUSR1, seen whenever the io_context runs.
class Signals {
 public:
  explicit Signals(boost::asio::io_context& io) : ending_(io, SIGINT, SIGTERM), asking_(io, SIGUSR1) {
    wait_for_ending();
    wait_for_asking();
  }

  /// Called for each SIGINT or SIGTERM: the how-manieth it is.
  std::function<void(int count)> on_end;
  /// Called for each SIGUSR1.
  std::function<void()> on_ask;

  /// Of the first SIGINT or SIGTERM.
  ExitCode exit_code() const { return ended_by_ == SIGTERM ? ExitCode::terminated : ExitCode::interrupted; }
  const char* reason() const {
    return ended_by_ == SIGTERM ? "interrupted by SIGTERM" : "interrupted by SIGINT";
  }

 private:
  void wait_for_ending() {
    ending_.async_wait([this](boost::system::error_code error, int signal) {
      if (error) return;
      if (!ended_by_) ended_by_ = signal;
      ++count_;
      if (on_end) on_end(count_);
      wait_for_ending();
    });
  }

  void wait_for_asking() {
    asking_.async_wait([this](boost::system::error_code error, int) {
      if (error) return;
      if (on_ask) on_ask();
      wait_for_asking();
    });
  }

  boost::asio::signal_set ending_;
  boost::asio::signal_set asking_;
  std::optional<int> ended_by_;
  int count_ = 0;
};

}  // namespace consent_sync::app
