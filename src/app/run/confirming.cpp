#include "confirming.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <limits>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../figures.hpp"
#include "quick_exit.hpp"

namespace consent_sync::app {
namespace {

bool is_attended() {
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
}

/// While it lives, SIGINT can be read here instead of ending the process: whichever thread it comes to, and
/// also when it comes before anybody waits for it.
class Interruption {
 public:
  Interruption() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    told_at = descriptor_;
    struct sigaction action {};
    action.sa_handler = tell;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, &before_);
  }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption() {
    ::sigaction(SIGINT, &before_, nullptr);
    ::close(descriptor_);
  }

  int descriptor() const { return descriptor_; }

 private:
  static void tell(int) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(told_at, &one, sizeof one);
  }

  static inline std::atomic<int> told_at{-1};
  int descriptor_;
  struct sigaction before_ {};
};

/// A line of standard input; nothing when it ended or was interrupted before.
std::optional<std::string> read_line(const Interruption& interruption) {
  std::string line;
  while (true) {
    std::array<pollfd, 2> awaited{{{STDIN_FILENO, POLLIN, 0}, {interruption.descriptor(), POLLIN, 0}}};
    if (::poll(awaited.data(), awaited.size(), -1) < 0) continue;  // a signal
    if (awaited[1].revents != 0) return std::nullopt;
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) != 1) return std::nullopt;
    if (c == '\n') return line;
    line += c;
  }
}

void ask(std::string_view text) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

bool says_yes() {
  const Interruption interruption;
  ask("Go on? Only yes goes on: ");
  const std::optional<std::string> answer = read_line(interruption);
  if (!answer) ask("\n");
  return answer == "yes";
}

}  // namespace

bool is_first_sync(ledger::Ledger& ledger, const std::string& store) {
  using ledger::RunState;
  const auto runs = ledger.runs(std::numeric_limits<std::int64_t>::max());
  return std::none_of(runs.begin(), runs.end(), [&](const ledger::Run& run) {
    if (run.store != store || run.mode != ledger::Mode::sync) return false;
    return run.state == RunState::open || run.state == RunState::finished || run.traffic.put > 0;
  });
}

std::string describe_first_run(const ledger::Run& run, const plan::PlanTotals& totals,
                               const ledger::Forecast& forecast) {
  const std::string time =
      forecast.duration.count() == 0
          ? std::string()
          : fmt::format(", about {} at {:g} of {} requests in {}", show_time(forecast.duration),
                        forecast.share, show_count(forecast.quota), show_time(forecast.window));
  return fmt::format(
      "This is the first run for store {} ({}).\n"
      "  changes      {:>11}  of {} rows\n"
      "  withdrawals  {:>11}  take a consent away\n"
      "  grants       {:>11}  grant one (some may do both)\n"
      "  requests     {:>11}{}",
      run.store, run.api_url, show_count(totals.changes), show_count(totals.rows),
      show_count(totals.withdrawals), show_count(totals.grants), show_count(forecast.requests), time);
}

std::optional<std::string> unconfirmed(ledger::Ledger& ledger, const ledger::Run& run,
                                       const plan::PlanTotals& totals, const ledger::Forecast& forecast,
                                       const Config& config, Terminal& terminal) {
  const bool is_asked = !config.yes && totals.changes > config.safety.confirm_above && is_attended();
  if (!is_asked || !is_first_sync(ledger, run.store)) return std::nullopt;
  terminal.status("");
  terminal.line(describe_first_run(run, totals, forecast));
  if (says_yes()) return std::nullopt;
  return fmt::format(
      "safety.confirm_above: the first run for store {} would change {} customers, and was not confirmed; "
      "--dry-run shows the plan, --yes confirms it",
      run.store, show_count(totals.changes));
}

}  // namespace consent_sync::app
