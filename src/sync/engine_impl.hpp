#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include <consent_sync/sync/engine.hpp>

#include "condition.hpp"
#include "gate.hpp"
#include "jitter.hpp"
#include "recorder.hpp"
#include "retries.hpp"
#include "standing.hpp"

namespace consent_sync::sync {

class Engine::Impl {
 public:
  Impl(boost::asio::io_context& io, store::ClientFactory& clients, Work& work, const ledger::Run& run,
       Pacing& pacing, EngineOptions options);

  boost::asio::awaitable<std::optional<Stopped>> run();
  void stop(Stopped why);
  void abort();
  Progress progress() const;

 private:
  // The workers (engine.cpp)
  void start_worker(store::Client& client);
  boost::asio::awaitable<void> work(store::Client& client);
  bool is_done() const;
  std::optional<Delivery> next_delivery();
  std::optional<Delivery> due_delivery();
  pace::TimePoint next_due() const;
  pace::TimePoint all_retries_due() const;
  boost::asio::awaitable<bool> deliver(store::Client& client, Delivery& delivery);
  boost::asio::awaitable<store::Exchange> exchange_for(store::Client& client, const Delivery& delivery,
                                                       bool asks_about_store);
  void wake();

  // What each answer does to the run (answers.cpp)
  bool must_ask_about_store(const Delivery& delivery) const;
  void on_answer_about_store(pace::TimePoint departed, const store::Exchange& exchange);
  /// True: the delivery goes on at once. Else it has been taken.
  bool on_exchange(Delivery& delivery, pace::TimePoint departed, const store::Exchange& exchange);
  bool is_out_of_reach(const Delivery& delivery, const store::Exchange& exchange,
                       const store::Verdict& verdict) const;
  void learn_from(pace::TimePoint departed, const store::Exchange& exchange, const store::Verdict& verdict,
                  const pace::Answer& answer);
  void account_for_windows();
  void take(Step step, Delivery delivery);
  ledger::Traffic counted_so_far() const { return traffic_so_far(traffic_, pacer_, started_); }
  void count_into(ledger::Traffic& traffic) const { count_so_far(traffic_, pacer_, started_, traffic); }

  boost::asio::any_io_executor executor_;
  store::ClientFactory& clients_;
  const EngineOptions options_;
  Jitter jitter_;
  pace::Pacer& pacer_;
  pace::RetryBudget& retry_budget_;
  Gate gate_;
  Condition changed_;
  Retries again_;    ///< for no fault of theirs: as soon as the store may be asked
  Retries retries_;  ///< on the retry budget
  std::vector<std::unique_ptr<store::Client>> pool_;
  const pace::TimePoint started_;
  ledger::Traffic traffic_;
  ledger::OutcomeCounts ended_;
  std::optional<Stopped> stopped_;
  std::string last_failure_;
  std::exception_ptr defect_;
  int working_ = 0;
  int in_flight_ = 0;
  Recorder recorder_;  ///< last: its thread ends before anything else does
};

}  // namespace consent_sync::sync
