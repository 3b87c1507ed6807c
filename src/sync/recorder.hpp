#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/sync/work.hpp>

namespace consent_sync::sync {

/// The ledger thread of a run: brings changes to the engine and takes results to the ledger, many to a
/// commit. The engine's functions never wait for the disk. While it lives nobody else uses the work's ledger
/// object.
class Recorder {
 public:
  /// `wake` is called on `engine` whenever there is something new to see: changes, room, or a failure.
  /// `count_traffic` brings what was counted up to date, on the engine's thread, with each result.
  Recorder(Work& work, boost::asio::any_io_executor engine, std::function<void()> wake,
           std::function<void(ledger::Traffic&)> count_traffic);

  ~Recorder();

  /// Commits what is queued and joins. What it posted to the engine, a failure too, arrives after this call.
  void finish();

  // Engine thread only:
  /// The next change in the queue's order, if one is here by now.
  std::optional<ledger::QueuedChange> next_change();
  /// Every queued change has been given out.
  bool is_exhausted() const { return ready_.empty() && no_more_; }
  std::size_t unrecorded() const { return unrecorded_; }
  /// Too much waits for its commit: send nothing until it is less.
  bool is_full() const { return unrecorded_ >= most_unrecorded; }
  void record(consent::ChangeResult result);
  /// A window of the store's quota is over; written with the next commit.
  void record(const ledger::WindowUse& window);
  /// Set once the ledger failed: nothing more may be sent.
  std::exception_ptr failure() const { return failure_; }

 private:
  static constexpr std::size_t most_unrecorded = 4096;
  static constexpr std::size_t changes_a_time = 1024;

  void run();
  void serve();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void fetch();
  struct Batch {
    std::vector<consent::ChangeResult> results;
    std::vector<ledger::WindowUse> windows;
  };
  void commit(const Batch& batch, const ledger::Traffic& traffic);
  void ask_for_changes();

  Work& work_;
  boost::asio::any_io_executor engine_;
  std::function<void()> wake_;
  std::function<void(ledger::Traffic&)> count_traffic_;

  // Engine thread:
  std::deque<ledger::QueuedChange> ready_;
  ledger::QueuePosition last_given_;
  std::size_t unrecorded_ = 0;
  bool no_more_ = false;
  bool asked_ = false;
  std::exception_ptr failure_;

  // Ledger thread:
  ledger::QueuePosition position_;

  // Both, under the mutex:
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch batch_;
  ledger::Traffic traffic_;
  bool changes_wanted_ = false;
  bool finishing_ = false;
  ledger::QueuePosition last_sent_;  ///< with finishing_

  std::thread thread_;
};

}  // namespace consent_sync::sync
