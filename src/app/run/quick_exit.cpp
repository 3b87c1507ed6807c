#include "quick_exit.hpp"

#include <csignal>
#include <string_view>

#include <unistd.h>

namespace consent_sync::app {
namespace {

// Handlers: only what a signal handler may call.

void write_line(std::string_view line) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

extern "C" void exit_at_once(int signal) {
  write_line("\nconsent-sync: interrupted; the same command takes up what is left\n");
  ::_exit(128 + signal);
}

extern "C" void answer(int) {
  write_line("consent-sync: nothing is being sent at the moment\n");
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void exit_on_signals() {
  handle(SIGINT, exit_at_once);
  handle(SIGTERM, exit_at_once);
  handle(SIGUSR1, answer);
}

}  // namespace consent_sync::app
