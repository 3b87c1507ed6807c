#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <consent_sync/input/reader.hpp>

namespace consent_sync::app {

/// Reads an input on a thread of its own, a batch ahead of whoever takes the rows.
class ReadAhead {
 public:
  /// `reader` outlives it, and is not used by others meanwhile.
  explicit ReadAhead(input::Reader& reader);
  /// Waits for the batch that is being read.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The next rows; none at the end. Throws what the reader threw.
  std::vector<input::Row> next();

 private:
  void read();

  input::Reader& reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::vector<input::Row>> batch_;  ///< read and not taken yet
  std::exception_ptr failure_;
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace consent_sync::app
