#include <fmt/format.h>
#include <zstd.h>

#include <consent_sync/input/reader.hpp>
#include <new>
#include <vector>

#include "byte_source.hpp"

namespace consent_sync::input {
namespace {

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// libzstd itself: Boost's filter takes an input that is cut off for a whole one.
class ZstdBytes final : public StoredSource {
 public:
  explicit ZstdBytes(std::unique_ptr<StoredBytes> stored)
      : StoredSource(std::move(stored)), context_(ZSTD_createDCtx()), buffer_(ZSTD_DStreamInSize()) {
    if (!context_) throw std::bad_alloc();
  }

  std::size_t read(char* into, std::size_t size) override {
    for (;;) {
      if (in_.pos == in_.size && !output_pending_ && !refill()) return 0;
      ZSTD_outBuffer out{into, size, 0};
      const std::size_t result = ZSTD_decompressStream(context_.get(), &out, &in_);
      if (ZSTD_isError(result) != 0) fail("is damaged");
      inside_frame_ = result != 0;
      output_pending_ = inside_frame_ && out.pos == out.size;
      if (out.pos > 0) return out.pos;
    }
  }

 private:
  bool refill() {
    in_ = {buffer_.data(), stored_->read(buffer_.data(), buffer_.size()), 0};
    if (in_.size == 0 && inside_frame_) fail("ends too early");
    return in_.size > 0;
  }

  [[noreturn]] void fail(const char* how) const {
    throw FileError(fmt::format("{}: the zstd data {}; copy or export the file again", stored_->name(), how));
  }

  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::vector<char> buffer_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool inside_frame_ = false;
  bool output_pending_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> zstd_bytes(std::unique_ptr<StoredBytes> stored) {
  return std::make_unique<ZstdBytes>(std::move(stored));
}

}  // namespace consent_sync::input
