#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <consent_sync/input/reader.hpp>

namespace consent_sync::app {

/// Reads an input on a thread of its own, a batch ahead of whoever takes the rows.
class ReadAhead {
 public:
  struct Batch {
    std::vector<input::Row> rows;  ///< none: the input is at its end
    std::uint64_t bytes_read = 0;  ///< of the input as it is stored, by now
  };

  /// `reader` outlives it, and is not used by others meanwhile.
  explicit ReadAhead(input::Reader& reader);
  /// Waits for the batch that is being read.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// Replaces `batch`, whose memory is used for the rows after next. Throws what the reader threw.
  void next(Batch& batch);

 private:
  void read();

  input::Reader& reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch batch_;  ///< read and not taken yet, or free
  bool is_read_ = false;
  std::exception_ptr failure_;
  bool is_closing_ = false;
  std::thread thread_;
};

}  // namespace consent_sync::app
