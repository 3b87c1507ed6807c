#include "token_command.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace consent_sync::app {
namespace {

using store::SecretText;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_output = 64 * 1024;

[[noreturn]] void cannot_be_run(int error) {
  throw std::runtime_error(fmt::format("cannot be run: {}", std::generic_category().message(error)));
}

/// Closed with it, or before.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  /// poll() passes over one that is closed.
  int number() const { return number_; }

 private:
  int number_;
};

std::vector<pid_t> children_of_ours() {
  std::vector<pid_t> children;
  std::error_code problem;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", problem)) {
    std::ifstream list(thread.path() / "children");
    children.insert(children.end(), std::istream_iterator<pid_t>(list), {});
  }
  return children;
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// What is started while it lives: whose parents end become children of ours. A process group would hold
/// them together, too, but it would have no terminal to ask for a password on.
class Descendants {
 public:
  Descendants() : others_(children_of_ours()) { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  Descendants(const Descendants&) = delete;
  Descendants& operator=(const Descendants&) = delete;
  ~Descendants() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }

  /// But for those that run as somebody else, whom we may not kill.
  void kill_all() const {
    for (bool are_left = true; are_left;) {
      are_left = false;
      for (const pid_t child : children_of_ours()) {
        const bool is_other = std::find(others_.begin(), others_.end(), child) != others_.end();
        if (is_other || ::kill(child, SIGKILL) != 0) continue;
        wait_for(child);
        are_left = true;  // its children are ours now
      }
    }
  }

 private:
  const std::vector<pid_t> others_;
};

/// As popen() does, which tells no process.
pid_t start_shell(std::string command, const Descriptor& output) {
  std::string shell = "sh";
  std::string option = "-c";
  const std::array<char*, 4> words{shell.data(), option.data(), command.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output.number(), STDOUT_FILENO);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, "/bin/sh", &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) cannot_be_run(error);
  return process;
}

/// Without a buffer of somebody else's between. False: there is nothing more at the moment, or at all.
bool take_some(Descriptor& from, SecretText& output) {
  const std::size_t before = output.size();
  output.resize(most_output);
  const ssize_t count = ::read(from.number(), output.data() + before, output.size() - before);
  const bool may_come = count < 0 && (errno == EAGAIN || errno == EINTR);
  output.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count <= 0 && !may_come) from.close();
  return count > 0;
}

/// False: the process has not ended by then.
bool take_until_ended(Descriptor& from, const Descriptor& process, Clock::time_point until,
                      SecretText& output) {
  while (true) {
    std::array<pollfd, 2> seen{pollfd{from.number(), POLLIN, 0}, pollfd{process.number(), POLLIN, 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    const int count = ::poll(seen.data(), seen.size(), static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (count == 0) return false;
    if (count < 0) continue;  // a signal
    const bool has_ended = seen[1].revents != 0;
    while (take_some(from, output) && has_ended) {
    }
    if (has_ended) return true;
  }
}

}  // namespace

SecretText run_token_command(const std::string& command, std::chrono::milliseconds limit) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) cannot_be_run(errno);
  Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  ::fcntl(from.number(), F_SETFL, O_NONBLOCK);
  const Descendants started;
  const pid_t shell = start_shell(command, to);
  to.close();
  // The C library's header declares pidfd_open() for C only (glibc 2.36).
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, shell, 0)));
  if (process.number() < 0) {
    const int error = errno;
    started.kill_all();
    cannot_be_run(error);
  }
  SecretText output;
  output.reserve(most_output);  // nothing is moved as it grows
  if (!take_until_ended(from, process, Clock::now() + limit, output)) {
    started.kill_all();
    throw std::runtime_error(fmt::format(
        "has not ended within {:g} s, and was killed with all that it had started: run it by itself "
        "to see what it waits for",
        std::chrono::duration<double>(limit).count()));
  }
  const int status = wait_for(shell);
  if (status == 0) return output;
  throw std::runtime_error(WIFEXITED(status) ? fmt::format("ended with exit code {}", WEXITSTATUS(status))
                                             : "was ended by a signal");
}

}  // namespace consent_sync::app
