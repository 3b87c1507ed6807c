#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace consent_sync::app {

/// A process of ours that runs this very program, whatever has become of its file since.
///
/// It has a process group of its own, so that what a terminal sends to ours does not reach it twice; it gets
/// SIGTERM when we are gone, however that came about; it reads nothing, and its output comes to us.
class ChildProcess {
 public:
  struct Handlers {
    std::function<void(std::string_view)> on_error_output;  ///< of its standard error, as it comes
    std::function<void()> on_ended;                         ///< all of its output has come
  };

  /// Starts it. `arguments` without the program's name. Throws std::system_error. Handlers are called while
  /// the io_context runs; it outlives that.
  ChildProcess(boost::asio::io_context& io, const std::vector<std::string>& arguments,
               const std::vector<std::string>& environment, Handlers handlers);
  /// A process that has not ended is killed.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal);

  /// Its standard output so far.
  const std::string& output() const { return output_; }
  /// Once it has ended: its exit code, or the signal that ended it.
  std::optional<int> exit_code() const { return exit_code_; }
  std::optional<int> signal() const { return signal_; }

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;
  using Take = std::function<void(std::string_view)>;

  void listen(Descriptor& from, Take take);
  void wait_for_end();
  void reap();

  Handlers handlers_;
  Descriptor output_pipe_;
  Descriptor error_pipe_;
  Descriptor process_;  ///< a pidfd: readable once it has ended
  std::string output_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
  std::optional<int> signal_;
  /// A wait that has ended, and has not been told of it, outlives this.
  const std::shared_ptr<void> alive_ = std::make_shared<char>();
};

}  // namespace consent_sync::app
