#include <fmt/format.h>

#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <consent_sync/input/reader.hpp>
#include <optional>

#include "byte_source.hpp"

namespace consent_sync::input {
namespace {

namespace io = boost::iostreams;

// zlib's own gzip reading, which checks CRC and length. Boost's gzip_decompressor fails on a member that ends
// just where its buffer does.
constexpr int gzip_window_bits = 15 + 16;
constexpr std::streamsize buffer_size = 16 * 1024;

struct StoredDevice {
  using char_type = char;
  using category = io::source_tag;

  std::streamsize read(char* into, std::streamsize size) const {
    const std::size_t got = stored->read(into, static_cast<std::size_t>(size));
    return got == 0 ? -1 : static_cast<std::streamsize>(got);
  }

  StoredBytes* stored;
};

class GzipBytes final : public StoredSource {
 public:
  explicit GzipBytes(std::unique_ptr<StoredBytes> stored)
      : StoredSource(std::move(stored)), device_{stored_.get()} {}

  std::size_t read(char* into, std::size_t size) override {
    while (member_ || !stored_->at_end()) {
      if (!member_) member_.emplace(gzip_window_bits, buffer_size);
      const std::streamsize got = read_member(into, static_cast<std::streamsize>(size));
      if (member_->eof()) {
        stored_->unread(member_->unconsumed_input());
        member_.reset();
      }
      if (got > 0) return static_cast<std::size_t>(got);
    }
    return 0;
  }

 private:
  std::streamsize read_member(char* into, std::streamsize size) {
    try {
      return member_->read(device_, into, size);
    } catch (const io::zlib_error& error) {
      const bool cut_off = error.error() == io::zlib::buf_error;
      throw FileError(fmt::format("{}: the gzip data {}; copy or export the file again", stored_->name(),
                                  cut_off ? "ends too early" : "is damaged"));
    }
  }

  StoredDevice device_;
  std::optional<io::zlib_decompressor> member_;
};

}  // namespace

std::unique_ptr<ByteSource> gzip_bytes(std::unique_ptr<StoredBytes> stored) {
  return std::make_unique<GzipBytes>(std::move(stored));
}

}  // namespace consent_sync::input
