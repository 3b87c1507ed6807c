#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <consent_sync/report/stores.hpp>

#include "../settings/settings_of_store.hpp"
#include "../terminal.hpp"
#include "child_process.hpp"
#include "relayed_lines.hpp"
#include "schedule.hpp"

namespace consent_sync::app {

/// Runs a command that only looks, such as doctor, in a process for each store, and shows what each of them
/// says below its name, in the order of the job.
class Examination {
 public:
  /// All that is referred to outlives it. `arguments`: our own command line, without the program's name.
  Examination(const Config& common, const std::vector<StoreJob>& stores, std::vector<std::string> arguments,
              Terminal& terminal);

  /// Until all have ended. In the order of `stores`.
  std::vector<report::StoreResult> run();

 private:
  struct Examined {
    report::StoreResult result;
    std::unique_ptr<ChildProcess> process;
    LineSplitter errors;
    std::vector<std::string> problems;  ///< its last words
    bool has_ended = false;
  };

  void start_due();
  void start(std::size_t store);
  void on_error_output(std::size_t store, std::string_view bytes);
  void take_line(std::size_t store, std::string_view line);
  void on_ended(std::size_t store);
  void end(std::size_t store);
  void show_ended();
  void show(std::size_t store);

  const Config& common_;
  const std::vector<StoreJob>& stores_;
  const std::vector<std::string> arguments_;
  Terminal& terminal_;
  Schedule schedule_;
  boost::asio::io_context io_{1};  ///< before the processes, which have their pipes in it
  std::vector<Examined> examined_;
  std::size_t shown_ = 0;
};

}  // namespace consent_sync::app
