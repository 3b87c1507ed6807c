#include <consent_sync/sync/engine.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "engine_impl.hpp"
#include "exchange_reading.hpp"

namespace consent_sync::sync {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;

// Rows that wait for a retry are kept in memory: beyond this many, they go first.
constexpr std::size_t most_retries = 1000;

}  // namespace

Engine::Engine(asio::io_context& io, store::ClientFactory& clients, Work& work, const ledger::Run& run,
               Pacing& pacing, EngineOptions options)
    : impl_(std::make_unique<Impl>(io, clients, work, run, pacing, std::move(options))) {}
Engine::~Engine() = default;
asio::awaitable<std::optional<Stopped>> Engine::run() {
  return impl_->run();
}
void Engine::stop(Stopped why) {
  impl_->stop(std::move(why));
}
void Engine::abort() {
  impl_->abort();
}
Progress Engine::progress() const {
  return impl_->progress();
}

Engine::Impl::Impl(asio::io_context& io, store::ClientFactory& clients, Work& work, const ledger::Run& run,
                   Pacing& pacing, EngineOptions options)
    : executor_(io.get_executor()),
      clients_(clients),
      options_(options),
      jitter_(options.seed),
      pacer_(pacing.pacer),
      retry_budget_(pacing.retry_budget),
      gate_(executor_, pacer_, [this] { stop(gave_up(last_failure_)); }),
      changed_(executor_),
      started_(Clock::now()),
      traffic_(run.traffic),
      recorder_(
          work, executor_, [this] { wake(); }, [this](ledger::Traffic& traffic) { count_into(traffic); }) {}

asio::awaitable<std::optional<Stopped>> Engine::Impl::run() {
  for (int i = 0; i < pacer_.connections(); ++i) {
    pool_.push_back(clients_.make(executor_));
    start_worker(*pool_.back());
  }
  while (working_ > 0) co_await changed_.wait();
  for (Retries* waiting : {&again_, &retries_}) {
    while (const std::optional<Delivery> delivery = waiting->pop_due(pace::TimePoint::max())) {
      recorder_.record(delivery->unfinished());
    }
  }
  account_for_windows();
  recorder_.finish();
  // The ledger thread's last words are queued on the executor: let them arrive before this coroutine ends.
  co_await asio::post(executor_, asio::use_awaitable);
  if (const std::exception_ptr failure = recorder_.failure()) std::rethrow_exception(failure);
  if (defect_) std::rethrow_exception(defect_);
  co_return stopped_;
}

void Engine::Impl::start_worker(store::Client& client) {
  ++working_;
  asio::co_spawn(executor_, work(client), [this](std::exception_ptr defect) {
    --working_;
    if (defect) {
      defect_ = defect;
      stop(Stopped{Stopped::By::request, "a worker failed"});
    }
    changed_.notify_all();
  });
}

asio::awaitable<void> Engine::Impl::work(store::Client& client) {
  bool goes_on = true;
  while (goes_on && !stopped_ && !is_done()) {
    std::optional<Delivery> delivery = next_delivery();
    if (delivery) {
      goes_on = co_await deliver(client, *delivery);
      if (!goes_on && delivery->was_out()) recorder_.record(delivery->unfinished());
    } else {
      co_await changed_.wait_until(next_due());
    }
  }
  co_await client.close();
}

bool Engine::Impl::is_done() const {
  return recorder_.is_exhausted() && again_.empty() && retries_.empty();
}

/// Nothing: none may be begun now.
std::optional<Delivery> Engine::Impl::next_delivery() {
  if (recorder_.is_full()) return std::nullopt;
  if (std::optional<Delivery> due = due_delivery()) return due;
  if (again_.size() + retries_.size() >= most_retries) return std::nullopt;
  const std::optional<ledger::QueuedChange> fresh = recorder_.next_change();
  if (!fresh) return std::nullopt;
  retry_budget_.on_first_try();
  return Delivery(fresh->change, options_.retry, options_.asking, fresh->may_have_been_sent);
}

std::optional<Delivery> Engine::Impl::due_delivery() {
  const pace::TimePoint now = Clock::now();
  if (std::optional<Delivery> due = again_.pop_due(now)) return due;
  if (retry_budget_.next_retry(now) > now) return std::nullopt;
  std::optional<Delivery> due = retries_.pop_due(now);
  if (due) retry_budget_.on_retry(now);
  return due;
}

/// When to look again at the latest; sooner, when something changes.
pace::TimePoint Engine::Impl::next_due() const {
  if (recorder_.is_full()) return pace::TimePoint::max();
  if (retries_.empty()) return again_.next_due();
  const pace::TimePoint paid_for = retry_budget_.next_retry(Clock::now());
  return std::min(again_.next_due(), std::max(retries_.next_due(), paid_for));
}

/// At the earliest: the budget may let them wait for longer.
pace::TimePoint Engine::Impl::all_retries_due() const {
  return std::max(retries_.last_due(), retry_budget_.next_retry(Clock::now()));
}

/// False: the gate is shut, and it has not been sent (again).
asio::awaitable<bool> Engine::Impl::deliver(store::Client& client, Delivery& delivery) {
  bool goes_on = true;
  while (goes_on) {
    std::optional<pace::TimePoint> departed = gate_.pass_now();
    if (!departed) departed = co_await gate_.pass();
    if (!departed) co_return false;
    if (options_.is_ours && !options_.is_ours()) {
      stop(not_ours());
      co_return false;
    }
    const bool asks_about_store = must_ask_about_store(delivery);
    ++in_flight_;
    const store::Exchange exchange = co_await exchange_for(client, delivery, asks_about_store);
    --in_flight_;
    if (asks_about_store) {
      on_answer_about_store(*departed, exchange);
    } else {
      goes_on = on_exchange(delivery, *departed, exchange);
    }
  }
  co_return true;
}

asio::awaitable<store::Exchange> Engine::Impl::exchange_for(store::Client& client, const Delivery& delivery,
                                                            bool asks_about_store) {
  if (asks_about_store) return client.get_first_customer();
  const consent::Change& change = delivery.change();
  if (delivery.asks()) return client.get_consent(change.customer);
  return client.put_consent(change.customer, change.wanted);
}

void Engine::Impl::wake() {
  if (recorder_.failure() && !stopped_)
    stop(Stopped{Stopped::By::request, "the ledger could not be written"});
  changed_.notify_all();
}

void Engine::Impl::stop(Stopped why) {
  if (!stopped_) stopped_ = std::move(why);
  gate_.shut();
  changed_.notify_all();
}

void Engine::Impl::abort() {
  for (const auto& client : pool_) client->abort();
}

Progress Engine::Impl::progress() const {
  Progress now = standing(pacer_, counted_so_far());
  now.ended = ended_;
  now.in_flight = in_flight_;
  now.waiting_to_retry = again_.size() + retries_.size();
  if (!retries_.empty()) now.last_retry_in = std::max(pace::Duration{0}, all_retries_due() - Clock::now());
  now.unrecorded = recorder_.unrecorded();
  now.stopping = stopped_.has_value();
  now.last_failure = last_failure_;
  return now;
}

}  // namespace consent_sync::sync
