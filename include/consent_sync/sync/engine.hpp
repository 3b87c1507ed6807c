#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/pace/pacer.hpp>
#include <consent_sync/store/client.hpp>
#include <consent_sync/store/judge.hpp>
#include <consent_sync/sync/delivery.hpp>
#include <consent_sync/sync/pacing.hpp>
#include <consent_sync/sync/work.hpp>

namespace consent_sync::sync {

struct EngineOptions {
  RetryOptions retry;
  AskingOptions asking;
  std::uint64_t seed = 0;  ///< of the jitter
  /// Asked before each request: whether this process still has the right to work on the store. It may take
  /// some seconds, rarely. Empty: the right cannot be lost.
  std::function<bool()> is_ours;
  /// Called with each row's end, before that is on disk, on the io_context's thread.
  std::function<void(const consent::ChangeResult&)> on_ended;
};

/// Why sending ended before the queue was empty.
struct Stopped {
  enum class By : std::uint8_t {
    request,
    store_refused,
    misconfigured,
    store_unavailable,
    deadline,
    not_ours
  };
  By by;
  std::string reason;
};

/// A live run at a glance. Counts are of this process only.
struct Progress {
  ledger::OutcomeCounts ended;       ///< rows that ended, sent or only asked about
  int in_flight = 0;                 ///< requests
  std::size_t waiting_to_retry = 0;  ///< rows
  pace::Duration last_retry_in{0};   ///< until all of them may be tried again
  std::size_t unrecorded = 0;        ///< rows whose outcome awaits its commit
  bool stopping = false;             ///< nothing new is sent
  pace::Breaker::State breaker = pace::Breaker::State::closed;
  double concurrency = 0;                ///< requests that may be in flight, of late
  std::string last_failure;              ///< the last answer, or lack of one, that told of a store in trouble
  std::optional<std::int64_t> quota;     ///< requests a window that the store offers
  std::optional<double> sustained_rate;  ///< requests a second that pacing can keep up
  std::optional<pace::Duration> slowest_lately;  ///< of the last requests, from departure to end
  std::optional<pace::WindowUse> window;  ///< the store's present quota window, once something left in it
  ledger::Traffic traffic;                ///< since the run began, earlier processes included
};

/// Sends the changes of a piece of work, or asks about them: a pool of workers, as many as the pacer allows
/// connections, each with one of its own. Everything but the ledger's writes happens on the io_context's one
/// thread.
class Engine {
 public:
  /// The references outlive the engine. `run`: its traffic is counted on from.
  Engine(boost::asio::io_context& io, store::ClientFactory& clients, Work& work, const ledger::Run& run,
         Pacing& pacing, EngineOptions options);
  ~Engine();

  /// Ends when the queue is empty or the engine stopped, with every result on disk, and the windows of the
  /// quota that are over. Nothing: the queue is empty. Throws ledger::LedgerError when the ledger failed;
  /// then nothing more was sent.
  boost::asio::awaitable<std::optional<Stopped>> run();

  /// Sends nothing new; what is in flight may end, within its timeout. On the io_context's thread.
  void stop(Stopped why);
  /// Ends what is in flight at once; its rows stay pending. On the io_context's thread.
  void abort();

  Progress progress() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace consent_sync::sync
