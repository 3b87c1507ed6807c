#include <array>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <algorithm>

#include "byte_source.hpp"

namespace consent_sync::input {
namespace {

constexpr std::size_t block_size = 256 * 1024;
constexpr std::size_t blocks = 4;

/// Reads, unpacks and hashes on a thread of its own, some blocks ahead of whoever parses.
class BackgroundBytes final : public ByteSource {
 public:
  explicit BackgroundBytes(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), thread_([this] { work(); }) {}

  ~BackgroundBytes() override {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  std::size_t read(char* into, std::size_t size) override {
    if (at_ == size_ && !take_next()) return 0;
    const std::size_t count = std::min(size, size_ - at_);
    std::memcpy(into, ring_[taken_ % blocks].data() + at_, count);
    at_ += count;
    return count;
  }

  const StoredBytes& stored() const override { return source_->stored(); }

 private:
  /// False at the end. Throws what reading threw.
  bool take_next() {
    std::unique_lock lock(mutex_);
    if (size_ != 0) ++taken_;
    at_ = size_ = 0;
    changed_.notify_all();
    changed_.wait(lock, [this] { return filled_ > taken_ || has_ended_; });
    if (filled_ > taken_) {
      size_ = sizes_[taken_ % blocks];
      return true;
    }
    if (failure_) std::rethrow_exception(failure_);
    return false;
  }

  void work() {
    std::exception_ptr failure;
    try {
      while (fill_next()) {
      }
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    failure_ = failure;
    has_ended_ = true;
    changed_.notify_all();
  }

  /// False when there is no more to read, or for nobody.
  bool fill_next() {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return filled_ - taken_ < blocks || is_closing_; });
      if (is_closing_) return false;
    }
    std::vector<char>& block = ring_[filled_ % blocks];
    block.resize(block_size);
    const std::size_t got = source_->read(block.data(), block.size());
    if (got == 0) return false;
    const std::lock_guard lock(mutex_);
    sizes_[filled_ % blocks] = got;
    ++filled_;
    changed_.notify_all();
    return true;
  }

  const std::unique_ptr<ByteSource> source_;
  std::array<std::vector<char>, blocks> ring_;
  std::size_t at_ = 0;  ///< in the block that is being taken, like size_; the reader's own
  std::size_t size_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::size_t, blocks> sizes_{};
  std::uint64_t filled_ = 0;  ///< written by the thread only
  std::uint64_t taken_ = 0;   ///< written by the reader only
  bool has_ended_ = false;
  bool is_closing_ = false;
  std::exception_ptr failure_;

  std::thread thread_;
};

}  // namespace

std::unique_ptr<ByteSource> in_background(std::unique_ptr<ByteSource> source) {
  if (!source->stored().is_long_file()) return source;
  return std::make_unique<BackgroundBytes>(std::move(source));
}

}  // namespace consent_sync::input
