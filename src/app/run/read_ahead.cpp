#include "read_ahead.hpp"

#include <utility>

namespace consent_sync::app {

ReadAhead::ReadAhead(input::Reader& reader) : reader_(reader), thread_([this] { read(); }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReadAhead::next(Batch& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_read_ || failure_; });
  if (!is_read_) std::rethrow_exception(failure_);
  std::swap(batch, batch_);
  is_read_ = false;
  changed_.notify_all();
}

void ReadAhead::read() {
  Batch batch;
  for (bool goes_on = true; goes_on;) {
    std::exception_ptr failure;
    try {
      goes_on = reader_.read(batch.rows);
      batch.bytes_read = reader_.bytes_read();
    } catch (...) {
      failure = std::current_exception();
      goes_on = false;
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !is_read_ || is_closing_; });
    if (is_closing_) return;
    failure_ = failure;
    if (!failure) {
      std::swap(batch, batch_);
      is_read_ = true;
    }
    changed_.notify_all();
  }
}

}  // namespace consent_sync::app
