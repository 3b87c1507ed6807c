#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "radix_sort.hpp"
#include "temporary_file.hpp"

namespace consent_sync::ledger {

/// Sorts more records than memory holds: sorted runs in a temporary file, merged when read. Equal keys come
/// in the order in which they were added. A record is trivially copyable and has key(). Throws LedgerError.
template <class Record>
class ExternalSort {
  static_assert(std::is_trivially_copyable_v<Record>);

  struct Run {
    std::uint64_t position = 0;
    std::uint64_t records = 0;
  };

 public:
  explicit ExternalSort(const Workspace& workspace) : file_(workspace) {}

  /// After it `count` records can be added without a failure. When it throws, what was added before is still
  /// there.
  void make_room(std::size_t count) {
    if (buffer_.size() + count > in_memory) write_run();
    buffer_.reserve(std::max(in_memory, buffer_.size() + count));
  }
  void add(const Record& record) { buffer_.push_back(record); }

  /// The records so far, in order. What is added later is not seen. Does not outlive the sort.
  class Reader;
  Reader read() {
    write_run();
    return Reader(file_, runs_);
  }

 private:
  static constexpr std::size_t in_memory = (std::size_t{16} << 20U) / sizeof(Record);

  void write_run() {
    if (buffer_.empty()) return;
    radix_sort(buffer_, scratch_);
    file_.write(end_, buffer_.data(), buffer_.size() * sizeof(Record));
    runs_.push_back({end_, buffer_.size()});
    end_ += buffer_.size() * sizeof(Record);
    buffer_ = {};
    scratch_ = {};
  }

  TemporaryFile file_;
  std::uint64_t end_ = 0;
  std::vector<Run> runs_;
  std::vector<Record> buffer_;
  std::vector<Record> scratch_;
};

template <class Record>
class ExternalSort<Record>::Reader {
 public:
  Reader(const TemporaryFile& file, const std::vector<Run>& runs) : file_(&file) {
    constexpr std::size_t memory = std::size_t{16} << 20U;
    const std::size_t bytes =
        std::clamp<std::size_t>(memory / std::max<std::size_t>(1, runs.size()), 4096, 256 * 1024);
    for (const Run& run : runs) cursors_.push_back({run, bytes / sizeof(Record), {}, 0});
    for (std::size_t i = 0; i < cursors_.size(); ++i) {
      if (refill(cursors_[i])) heap_.push_back({cursors_[i].front().key(), i});
    }
    std::make_heap(heap_.begin(), heap_.end(), Later());
  }

  /// The next record; null at the end. Valid until the next call.
  const Record* next() {
    if (heap_.empty()) return nullptr;
    Cursor& cursor = cursors_[heap_.front().run];
    current_ = cursor.front();
    ++cursor.at;
    if (cursor.at < cursor.buffer.size() || refill(cursor)) {
      heap_.front().key = cursor.front().key();
      sink();
    } else {
      std::pop_heap(heap_.begin(), heap_.end(), Later());
      heap_.pop_back();
    }
    return &current_;
  }

 private:
  struct Cursor {
    Run left;
    std::size_t records_a_time = 0;
    std::vector<Record> buffer;
    std::size_t at = 0;
    const Record& front() const { return buffer[at]; }
  };
  struct Head {
    std::uint64_t key;
    std::size_t run;
    bool operator<(const Head& other) const { return key != other.key ? key < other.key : run < other.run; }
  };
  struct Later {
    bool operator()(const Head& a, const Head& b) const { return b < a; }
  };

  bool refill(Cursor& cursor) {
    const std::size_t count = std::min<std::uint64_t>(cursor.left.records, cursor.records_a_time);
    cursor.buffer.resize(count);
    cursor.at = 0;
    if (count == 0) return false;
    file_->read(cursor.left.position, cursor.buffer.data(), count * sizeof(Record));
    cursor.left.position += count * sizeof(Record);
    cursor.left.records -= count;
    return true;
  }

  /// The head has a new key: down to its place.
  void sink() {
    std::size_t at = 0;
    while (true) {
      std::size_t child = 2 * at + 1;
      if (child >= heap_.size()) return;
      if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
      if (!(heap_[child] < heap_[at])) return;
      std::swap(heap_[child], heap_[at]);
      at = child;
    }
  }

  const TemporaryFile* file_;
  std::vector<Cursor> cursors_;
  std::vector<Head> heap_;
  Record current_{};
};

}  // namespace consent_sync::ledger
