#include "child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace consent_sync::app {
namespace {

constexpr const char* this_program = "/proc/self/exe";
constexpr int cannot_execute = 127;  // as shells have it

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Both ends are ours until one is given away.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
    from = ends[0];
    to = ends[1];
  }
  ~Pipe() {
    if (from >= 0) ::close(from);
    if (to >= 0) ::close(to);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int from = -1;
  int to = -1;
};

/// No signal is delivered: between fork and exec a handler of ours would run in the child.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeld() { release(); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

  void release() const { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// Readable once the process has ended. The C library's header declares pidfd_open() for C only (glibc 2.36).
int open_process(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void set_action(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

// Runs in the child, where only what a signal handler may call is allowed.
[[noreturn]] void become(const Pipe& output, const Pipe& errors, pid_t parent, char* const* arguments,
                         char* const* environment, const SignalsHeld& held) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(cannot_execute);  // it was gone before we had asked to be told
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(output.to, STDOUT_FILENO) < 0 ||
      ::dup2(errors.to, STDERR_FILENO) < 0) {
    ::_exit(cannot_execute);
  }
  ::close(nothing);
  for (const int signal : {SIGINT, SIGTERM, SIGTSTP, SIGCONT}) set_action(signal, SIG_DFL);
  // A question that comes before it can answer is nothing to die of, nor is having nobody to talk to any
  // more.
  for (const int signal : {SIGUSR1, SIGPIPE}) set_action(signal, SIG_IGN);
  held.release();
  ::execve(this_program, arguments, environment);
  ::_exit(cannot_execute);
}

using Descriptor = boost::asio::posix::stream_descriptor;
using Take = std::function<void(std::string_view)>;

/// How much was taken; nothing: it has come to its end, or is empty.
std::size_t take_some(Descriptor& from, const Take& take, boost::system::error_code& error) {
  std::array<char, 4096> buffer{};
  const std::size_t size = from.read_some(boost::asio::buffer(buffer), error);
  if (size > 0) take({buffer.data(), size});
  return size;
}

/// Whoever the process started may hold the pipe open for ever, and go on writing: what is in it by now is
/// taken, and no end is waited for.
void take_rest(Descriptor& from, const Take& take) {
  boost::system::error_code error;
  Descriptor::bytes_readable in_pipe;
  from.io_control(in_pipe, error);
  for (std::size_t left = in_pipe.get(); left > 0 && !error;) {
    left -= std::min(left, take_some(from, take, error));
  }
  from.close(error);
}

}  // namespace

ChildProcess::ChildProcess(boost::asio::io_context& io, const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment, Handlers handlers)
    : handlers_(std::move(handlers)), output_pipe_(io), error_pipe_(io), process_(io) {
  std::vector<std::string> words{"consent-sync"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment;
  const std::vector<char*> argument_pointers = pointers_to(words);
  const std::vector<char*> environment_pointers = pointers_to(variables);
  Pipe output;
  Pipe errors;
  const pid_t parent = ::getpid();
  {
    const SignalsHeld held;
    pid_ = ::fork();
    if (pid_ == 0)
      become(output, errors, parent, argument_pointers.data(), environment_pointers.data(), held);
  }
  if (pid_ < 0) fail("fork");
  const int process = open_process(pid_);
  if (process < 0) {
    const int error = errno;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    errno = error;
    fail("pidfd_open");
  }
  process_.assign(process);
  output_pipe_.assign(std::exchange(output.from, -1));
  error_pipe_.assign(std::exchange(errors.from, -1));
  // Not only natively: Asio would wait for what is not there.
  output_pipe_.non_blocking(true);
  error_pipe_.non_blocking(true);
  listen(output_pipe_, [this](std::string_view bytes) { output_ += bytes; });
  listen(error_pipe_, handlers_.on_error_output);
  wait_for_end();
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0 || exit_code_ || signal_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void ChildProcess::send(int signal) {
  if (!exit_code_ && !signal_) ::kill(pid_, signal);
}

void ChildProcess::listen(Descriptor& from, Take take) {
  from.async_wait(Descriptor::wait_read, [this, alive = std::weak_ptr<void>(alive_), &from,
                                          take = std::move(take)](boost::system::error_code error) {
    if (alive.expired() || error) return;
    take_some(from, take, error);
    if (!error || error == boost::asio::error::would_block) listen(from, take);
  });
}

void ChildProcess::wait_for_end() {
  process_.async_wait(Descriptor::wait_read,
                      [this, alive = std::weak_ptr<void>(alive_)](boost::system::error_code error) {
                        if (alive.expired() || error) return;
                        reap();
                        process_.close(error);
                        take_rest(output_pipe_, [this](std::string_view bytes) { output_ += bytes; });
                        take_rest(error_pipe_, handlers_.on_error_output);
                        // Which may be what destroys this.
                        const auto on_ended = std::move(handlers_.on_ended);
                        on_ended();
                      });
}

void ChildProcess::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) {
    exit_code_ = WEXITSTATUS(status);
  } else {
    signal_ = WTERMSIG(status);
  }
}

}  // namespace consent_sync::app
