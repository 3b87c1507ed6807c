#include "text_encoding.hpp"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace consent_sync::input {
namespace {

constexpr std::string_view utf16le_mark = "\xFF\xFE";
constexpr std::string_view utf16be_mark = "\xFE\xFF";
constexpr std::string_view utf32le_mark{"\xFF\xFE\0\0", 4};
constexpr std::size_t head_size = 4;
constexpr std::size_t piece_size = 64 * 1024;

[[noreturn]] void fail(const ByteSource& source, std::string_view sentence) {
  throw FileError(fmt::format("{} {}", source.stored().name(), sentence));
}

/// A source whose first bytes were looked at already.
class Reread final : public ByteSource {
 public:
  Reread(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  std::size_t read(char* into, std::size_t size) override {
    if (head_.empty()) return rest_->read(into, size);
    const std::size_t taken = std::min(size, head_.size());
    std::memcpy(into, head_.data(), taken);
    head_.erase(0, taken);
    return taken;
  }
  const StoredBytes& stored() const override { return rest_->stored(); }

 private:
  std::string head_;
  std::unique_ptr<ByteSource> rest_;
};

/// A source in another encoding, converted by iconv.
class Converted final : public ByteSource {
 public:
  Converted(std::unique_ptr<ByteSource> source, const char* encoding)
      : source_(std::move(source)),
        encoding_(encoding),
        converter_(::iconv_open("UTF-8", encoding)),
        in_(piece_size),
        out_(piece_size) {
    if (converter_ == reinterpret_cast<iconv_t>(-1)) {
      throw std::runtime_error(fmt::format("iconv cannot convert from {}", encoding));
    }
  }
  ~Converted() override { ::iconv_close(converter_); }
  Converted(const Converted&) = delete;
  Converted& operator=(const Converted&) = delete;

  std::size_t read(char* into, std::size_t size) override {
    while (taken_ == out_size_) {
      if (needs_more_ && !refill()) return 0;
      convert();
    }
    const std::size_t given = std::min(size, out_size_ - taken_);
    std::memcpy(into, out_.data() + taken_, given);
    taken_ += given;
    return given;
  }
  const StoredBytes& stored() const override { return source_->stored(); }

 private:
  // False at the end.
  bool refill() {
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    converted_ += begin_;
    end_ -= begin_;
    begin_ = 0;
    const std::size_t got = source_->read(in_.data() + end_, in_.size() - end_);
    if (got == 0 && end_ > 0)
      fail(*source_, fmt::format("ends in the middle of a character of {}", encoding_));
    end_ += got;
    needs_more_ = false;
    return got > 0;
  }

  void convert() {
    char* from = in_.data() + begin_;
    std::size_t left = end_ - begin_;
    char* out = out_.data();
    std::size_t room = out_.size();
    const std::size_t result = ::iconv(converter_, &from, &left, &out, &room);
    out_size_ = out_.size() - room;
    taken_ = 0;
    begin_ = end_ - left;
    if (result == static_cast<std::size_t>(-1) && errno == EILSEQ) {
      fail(*source_,
           fmt::format("is not {}: at byte {} stands what is no character of it; is input.encoding right?",
                       encoding_, converted_ + begin_));
    }
    // E2BIG leaves bytes for the next time; EINVAL is half a character.
    needs_more_ = left == 0 || (result == static_cast<std::size_t>(-1) && errno == EINVAL);
  }

  std::unique_ptr<ByteSource> source_;
  const char* encoding_;
  iconv_t converter_;
  std::vector<char> in_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t converted_ = 0;  ///< bytes before in_
  std::vector<char>
      out_;  ///< converted, up to out_size_; a reader may want less at once than a character has
  std::size_t out_size_ = 0;
  std::size_t taken_ = 0;
  bool needs_more_ = true;
};

std::string take_head(ByteSource& source) {
  std::string head(head_size, '\0');
  std::size_t filled = 0;
  while (filled < head.size()) {
    const std::size_t got = source.read(head.data() + filled, head.size() - filled);
    if (got == 0) break;
    filled += got;
  }
  head.resize(filled);
  return head;
}

// ASCII in UTF-16: every second byte is a NUL.
bool looks_like_utf16(std::string_view head, std::size_t nul) {
  return head.size() == head_size && head[nul] == '\0' && head[nul + 2] == '\0' && head[1 - nul] != '\0' &&
         head[3 - nul] != '\0';
}

Encoding marked_encoding(std::string_view head) {
  if (head.starts_with(utf16le_mark)) return Encoding::utf16le;
  if (head.starts_with(utf16be_mark)) return Encoding::utf16be;
  return head.starts_with(utf8_mark) ? Encoding::utf8 : Encoding::automatic;
}

Encoding encoding_of(const ByteSource& source, std::string_view head, Encoding declared) {
  if (head.starts_with(utf32le_mark))
    fail(source, "is UTF-32; convert it to UTF-8 (iconv -f UTF-32 -t UTF-8)");
  const Encoding marked = marked_encoding(head);
  if (declared == Encoding::utf16 && marked != Encoding::utf16le && marked != Encoding::utf16be) {
    fail(source, "has no byte order mark: write input.encoding: utf-16le or utf-16be");
  }
  if (declared == Encoding::automatic && marked == Encoding::automatic) {
    if (looks_like_utf16(head, 1))
      fail(source, "looks like UTF-16 without a byte order mark; write input.encoding: utf-16le");
    if (looks_like_utf16(head, 0))
      fail(source, "looks like UTF-16 without a byte order mark; write input.encoding: utf-16be");
  }
  const bool is_told = declared != Encoding::automatic && declared != Encoding::utf16;
  if (is_told && marked != Encoding::automatic && marked != declared) {
    fail(source,
         "starts with the byte order mark of another encoding than input.encoding names; leave that out");
  }
  return is_told ? declared : marked;
}

const char* iconv_name(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf16le:
      return "UTF-16LE";
    case Encoding::utf16be:
      return "UTF-16BE";
    case Encoding::latin1:
      return "ISO-8859-1";
    case Encoding::windows1252:
      return "CP1252";
    case Encoding::automatic:
    case Encoding::utf8:
    case Encoding::utf16:
      break;
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<ByteSource> in_utf8(std::unique_ptr<ByteSource> source, Encoding declared,
                                    std::string* name) {
  std::string head = take_head(*source);
  const char* encoding = iconv_name(encoding_of(*source, head, declared));
  if (name != nullptr) *name = encoding != nullptr ? encoding : "UTF-8";
  source = std::make_unique<Reread>(std::move(head), std::move(source));
  if (encoding == nullptr) return source;
  return std::make_unique<Converted>(std::move(source), encoding);
}

}  // namespace consent_sync::input
