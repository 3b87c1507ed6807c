#include "line_reader.hpp"

#include <algorithm>
#include <cstring>

#include "json_padding.hpp"

namespace consent_sync::input {
namespace {

constexpr std::size_t peek_bytes = 64 * 1024;

}  // namespace

LineReader::LineReader(ByteSource& source, std::size_t chunk)
    : source_(source),
      chunk_(chunk),
      buffer_(std::max(max_row_bytes, peek_bytes) + 2 + chunk + json_padding) {}

std::string_view LineReader::peek() {
  while (!source_ended_ && end_ - begin_ < peek_bytes) fill();
  return {buffer_.data() + begin_, end_ - begin_};
}

bool LineReader::next(Line& line) {
  if (inside_long_line_) skip_rest_of_line();
  for (;;) {
    const End end = find_end();
    const std::size_t size = end.at - begin_;
    const bool at_last_line = end.length == 0 && source_ended_;
    if (at_last_line && size == 0) return false;
    const bool too_long = size > max_row_bytes;
    if (end.length == 0 && !at_last_line && !too_long) {
      fill();
      continue;
    }
    const char* start = buffer_.data() + begin_;
    line.number = ++number_;
    line.too_long = too_long;
    line.text = {start, std::min(size, max_row_bytes)};
    line.whole = too_long ? line.text : std::string_view(start, size + end.length);
    inside_long_line_ = too_long;
    begin_ += line.whole.size();
    return true;
  }
}

void LineReader::skip_rest_of_line() {
  for (;;) {
    const End end = find_end();
    begin_ = end.at + end.length;
    if (end.length > 0 || source_ended_) break;
    fill();
  }
  inside_long_line_ = false;
}

LineReader::End LineReader::find_end() {
  const std::size_t at = std::min(find('\n', lf_searched_), find('\r', cr_searched_));
  if (at == end_) return {at, 0};
  if (buffer_[at] == '\n') return {at, 1};
  // Whether a CR at the end of the buffer is half a CR LF shows only with the next byte.
  if (at + 1 == end_) return {at, source_ended_ ? std::size_t{1} : std::size_t{0}};
  return {at, buffer_[at + 1] == '\n' ? std::size_t{2} : std::size_t{1}};
}

std::size_t LineReader::find(char wanted, std::size_t& searched) {
  searched = std::max(searched, begin_);
  if (searched < end_ && buffer_[searched] != wanted) {
    const char* from = buffer_.data() + searched;
    const void* found = std::memchr(from, wanted, end_ - searched);
    searched =
        found == nullptr ? end_ : searched + static_cast<std::size_t>(static_cast<const char*>(found) - from);
  }
  return searched;
}

void LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    lf_searched_ = std::max(lf_searched_, begin_) - begin_;
    cr_searched_ = std::max(cr_searched_, begin_) - begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  const std::size_t got = source_.read(buffer_.data() + end_, chunk_);
  source_ended_ = got == 0;
  end_ += got;
}

}  // namespace consent_sync::input
