#include "signals.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace consent_sync::app {
namespace {

constexpr std::array wanted{SIGINT, SIGTERM, SIGHUP, SIGUSR1};
constexpr std::size_t hang_up = 2;

/// Signals on their way from the handler, a byte each. It is there for as long as the process: a handler on
/// another thread may still be writing.
struct SignalPipe {
  SignalPipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    from = ends[0];
    to = ends[1];
  }
  int from = -1;
  int to = -1;
};

const SignalPipe& signal_pipe() {
  static const SignalPipe pipe;
  return pipe;
}

int writing_end = -1;

extern "C" void note(int signal) {
  const int error = errno;
  const auto byte = static_cast<unsigned char>(signal);
  [[maybe_unused]] const auto written = ::write(writing_end, &byte, 1);
  errno = error;
}

/// The next signal that was noted; nothing: there is none.
std::optional<int> next_noted() {
  unsigned char byte = 0;
  if (::read(signal_pipe().from, &byte, 1) != 1) return std::nullopt;
  return byte;
}

}  // namespace

Signals::Signals(boost::asio::io_context& io) : pipe_(io) {
  writing_end = signal_pipe().to;
  pipe_.assign(::fcntl(signal_pipe().from, F_DUPFD_CLOEXEC, 0));
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  ::sigfillset(&action.sa_mask);
  for (std::size_t i = 0; i < wanted.size(); ++i) ::sigaction(wanted[i], &action, &before_[i]);
  static_assert(wanted[hang_up] == SIGHUP);
  if (before_[hang_up].sa_handler == SIG_IGN) ::sigaction(SIGHUP, &before_[hang_up], nullptr);  // nohup
  wait();
}

// What came too late to be seen is for whoever was in force before, but for a hang-up told once more: it
// would cost the report of the run that it ended.
Signals::~Signals() {
  if (ended_by_) before_[hang_up].sa_handler = SIG_IGN;
  for (std::size_t i = 0; i < wanted.size(); ++i) ::sigaction(wanted[i], &before_[i], nullptr);
  while (const std::optional<int> signal = next_noted()) ::raise(*signal);
}

const char* Signals::reason() const {
  if (ended_by_ == SIGTERM) return "interrupted by SIGTERM";
  return ended_by_ == SIGHUP ? "interrupted by SIGHUP" : "interrupted by SIGINT";
}

void Signals::wait() {
  pipe_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    while (const std::optional<int> signal = next_noted()) take(*signal);
    wait();
  });
}

void Signals::take(int signal) {
  if (signal == SIGUSR1) {
    if (on_ask) on_ask();
    return;
  }
  // The terminal and its shell may both tell of one hang-up, which is nobody's wish to stop at once.
  if (ended_by_ && signal == SIGHUP) return;
  if (!ended_by_) ended_by_ = signal;
  ++count_;
  if (on_end) on_end(count_);
}

}  // namespace consent_sync::app
