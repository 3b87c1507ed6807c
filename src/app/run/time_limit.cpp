#include "time_limit.hpp"

#include <algorithm>
#include <utility>

namespace consent_sync::app {
namespace {

// The library counts in nanoseconds, which reach to the year 2262 only.
constexpr std::chrono::hours longest_wait(24);

}  // namespace

TimeLimit::TimeLimit(std::optional<Deadline> deadline, std::function<void()> end_process)
    : deadline_(std::move(deadline)), end_process_(std::move(end_process)) {
  if (deadline_) thread_ = std::thread([this] { run(); });
}

TimeLimit::~TimeLimit() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void TimeLimit::keep_off() {
  const std::lock_guard lock(mutex_);
  watches_ = false;
}

void TimeLimit::watch() {
  {
    const std::lock_guard lock(mutex_);
    watches_ = true;
  }
  changed_.notify_one();
}

// The end is made under the lock: whoever calls keep_off() meanwhile waits for it.
void TimeLimit::run() {
  std::unique_lock lock(mutex_);
  while (!is_closing_) {
    const auto now = consent::now();
    if (!watches_) {
      changed_.wait(lock);
    } else if (now >= deadline_->at) {
      return end_process_();
    } else {
      changed_.wait_until(lock, std::min<consent::Timestamp>(deadline_->at, now + longest_wait));
    }
  }
}

}  // namespace consent_sync::app
