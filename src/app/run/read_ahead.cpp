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

ReadAhead::Batch ReadAhead::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return batch_ || failure_; });
  if (!batch_) std::rethrow_exception(failure_);
  Batch batch = std::move(*batch_);
  batch_.reset();
  changed_.notify_all();
  return batch;
}

void ReadAhead::read() {
  bool goes_on = true;
  while (goes_on) {
    Batch batch;
    std::exception_ptr failure;
    try {
      goes_on = reader_.read(batch.rows);
      batch.bytes_read = reader_.bytes_read();
    } catch (...) {
      failure = std::current_exception();
      goes_on = false;
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !batch_ || is_closing_; });
    if (is_closing_) return;
    failure_ = failure;
    if (!failure) batch_ = std::move(batch);
    changed_.notify_all();
  }
}

}  // namespace consent_sync::app
