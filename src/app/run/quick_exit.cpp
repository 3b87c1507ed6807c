#include "quick_exit.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <string_view>

#include <unistd.h>

#include "../terminal.hpp"

namespace consent_sync::app {
namespace {

// All below: only what a signal handler may call.

std::atomic<bool> in_json{false};

/// "2026-11-24T05:00:00Z"
class TimeText {
 public:
  explicit TimeText(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    put(0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, static_cast<unsigned>(clock.hours().count()));
    put(14, 2, static_cast<unsigned>(clock.minutes().count()));
    put(17, 2, static_cast<unsigned>(clock.seconds().count()));
  }
  std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  void put(std::size_t at, std::size_t digits, unsigned number) {
    for (; digits > 0; --digits, number /= 10) text_[at + digits - 1] = static_cast<char>('0' + number % 10);
  }

  std::array<char, 20> text_{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0',
                             'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z'};
};

void write(std::string_view bytes) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
}

void say(std::string_view level, std::string_view sentence) {
  if (!in_json) {
    write("consent-sync: ");
    write(sentence);
    write("\n");
    return;
  }
  std::timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  write(R"({"time":")");
  write(TimeText(std::chrono::sys_seconds(std::chrono::seconds(now.tv_sec))).view());
  write(R"(","level":")");
  write(level);
  write(R"(","message":")");
  write(sentence);
  write("\"}\n");
}

extern "C" void exit_at_once(int signal) {
  erase_status_from_signal_handler();
  say("warning", "interrupted; the same command takes up what is left");
  ::_exit(128 + signal);
}

extern "C" void answer(int) {
  say("info", "nothing is being sent at the moment");
}

extern "C" void go_on(int) {
  forget_status_from_signal_handler();
}

// Writing fails, and that is all. To be ignored would be inherited by what we start.
extern "C" void have_no_reader(int) {}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void exit_on_signals(LogFormat format) {
  in_json = format == LogFormat::json;
  handle(SIGINT, exit_at_once);
  handle(SIGTERM, exit_at_once);
  handle(SIGUSR1, answer);
  handle(SIGCONT, go_on);
  handle(SIGPIPE, have_no_reader);
}

}  // namespace consent_sync::app
