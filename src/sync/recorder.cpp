#include "recorder.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

namespace consent_sync::sync {
namespace asio = boost::asio;
namespace {

// A commit takes what has queued: at once when it is much, else after this long.
constexpr std::chrono::milliseconds commit_interval{200};
constexpr std::size_t commit_at_once = 256;

}  // namespace

Recorder::Recorder(Work& work, asio::any_io_executor engine, std::function<void()> wake,
                   std::function<void(ledger::Traffic&)> count_traffic)
    : work_(work),
      engine_(std::move(engine)),
      wake_(std::move(wake)),
      count_traffic_(std::move(count_traffic)) {
  ask_for_changes();
  thread_ = std::thread([this] { this->run(); });
}

Recorder::~Recorder() {
  if (thread_.joinable()) finish();
}

void Recorder::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    last_sent_ = last_given_;
    count_traffic_(traffic_);
  }
  changed_.notify_one();
  thread_.join();
}

std::optional<ledger::QueuedChange> Recorder::next_change() {
  if (ready_.size() < changes_a_time / 2 && !no_more_ && !asked_) ask_for_changes();
  if (ready_.empty()) return std::nullopt;
  const ledger::QueuedChange next = ready_.front();
  ready_.pop_front();
  last_given_ = next.position;
  return next;
}

void Recorder::ask_for_changes() {
  asked_ = true;
  {
    const std::lock_guard lock(mutex_);
    changes_wanted_ = true;
  }
  changed_.notify_one();
}

void Recorder::record(consent::ChangeResult result) {
  ++unrecorded_;
  bool is_due = false;
  {
    const std::lock_guard lock(mutex_);
    count_traffic_(traffic_);
    batch_.results.push_back(std::move(result));
    is_due = batch_.results.size() == 1 || batch_.results.size() == commit_at_once;
  }
  if (is_due) changed_.notify_one();
}

void Recorder::record(const ledger::WindowUse& window) {
  const std::lock_guard lock(mutex_);
  batch_.windows.push_back(window);
}

void Recorder::run() {
  try {
    serve();
  } catch (...) {
    const std::exception_ptr failure = std::current_exception();
    asio::post(engine_, [this, failure] {
      failure_ = failure;
      wake_();
    });
  }
}

void Recorder::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    wait_for_work(lock);
    const bool last = finishing_;
    const bool fetch_now = changes_wanted_ && !last;
    changes_wanted_ = false;
    const Batch batch = std::exchange(batch_, {});
    const ledger::Traffic traffic = traffic_;
    lock.unlock();
    if (!batch.results.empty() || !batch.windows.empty() || last) commit(batch, traffic);
    if (fetch_now) fetch();
    if (last) return work_.give_back(last_sent_);
    lock.lock();
  }
}

void Recorder::wait_for_work(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return finishing_ || changes_wanted_ || !batch_.results.empty(); });
  changed_.wait_for(lock, commit_interval, [this] {
    return finishing_ || changes_wanted_ || batch_.results.size() >= commit_at_once;
  });
}

void Recorder::commit(const Batch& batch, const ledger::Traffic& traffic) {
  work_.record(batch.results, batch.windows, traffic);
  asio::post(engine_, [this, count = batch.results.size()] {
    unrecorded_ -= count;
    wake_();
  });
}

void Recorder::fetch() {
  std::vector<ledger::QueuedChange> changes = work_.take(position_, changes_a_time);
  if (!changes.empty()) position_ = changes.back().position;
  asio::post(engine_, [this, changes = std::move(changes)] {
    ready_.insert(ready_.end(), changes.begin(), changes.end());
    no_more_ = changes.size() < changes_a_time;
    asked_ = false;
    wake_();
  });
}

}  // namespace consent_sync::sync
