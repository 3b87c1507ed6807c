#include "time_limit.hpp"

#include <utility>

namespace consent_sync::app {

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
    if (!watches_) {
      changed_.wait(lock);
    } else if (std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) >=
               deadline_->at) {
      return end_process_();
    } else {
      changed_.wait_until(lock, deadline_->at);
    }
  }
}

}  // namespace consent_sync::app
