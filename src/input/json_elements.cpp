#include "json_elements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <consent_sync/input/reader.hpp>
#include <utility>

#include "json_padding.hpp"

namespace consent_sync::input {
namespace {

constexpr int at_end = -1;

bool is_space(int byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

}  // namespace

JsonElements::JsonElements(LineReader& bytes, std::string file_name)
    : bytes_(bytes), file_name_(std::move(file_name)), element_(max_row_bytes + 1 + json_padding) {}

bool JsonElements::next(Line& element) {
  if (!start_element()) return false;
  element.number = line_;
  size_ = 0;
  take_element();
  place_ = Place::after_element;
  element.too_long = size_ > max_row_bytes;
  element.text = {element_.data(), std::min(size_, max_row_bytes)};
  element.whole = element.text;
  return true;
}

// Up to the first byte of an element. False at the end of the array.
bool JsonElements::start_element() {
  if (place_ == Place::after_array) return false;
  if (place_ == Place::before_array) {
    if (next_token() != '[') fail("does not start with [");
    place_ = Place::before_first;
  }
  int token = next_token();
  if (token == ']' && place_ != Place::after_comma) {
    if (next_token() != at_end)
      fail("goes on after the end of its array; write an array, or one object a line");
    place_ = Place::after_array;
    return false;
  }
  if (place_ == Place::after_element) {
    if (token == at_end) fail("ends before its array does; export it again");
    if (token != ',') fail("has no comma between two elements of its array");
    token = next_token();
  }
  if (token == at_end) fail("ends before its array does; export it again");
  if (token == ',' || token == ']') fail("has a comma too many in its array");
  pushed_back_ = token;
  return true;
}

void JsonElements::take_element() {
  int depth = 0;
  bool in_string = false;
  bool escaped = false;
  for (int byte = next_byte();; byte = next_byte()) {
    if (byte == at_end) fail("ends before its array does; export it again");
    // A number or a word ends where the next thing starts.
    if (depth == 0 && !in_string && size_ > 0 && (byte == ',' || byte == ']')) {
      pushed_back_ = byte;
      return;
    }
    // Outside of strings a line end is a space, and an element one line.
    take(!in_string && (byte == '\n' || byte == '\r') ? ' ' : static_cast<char>(byte));
    if (in_string) {
      if (!escaped && byte == '"') in_string = false;
      escaped = !escaped && byte == '\\';
    } else if (byte == '"') {
      in_string = true;
    } else if (byte == '{' || byte == '[') {
      ++depth;
    } else if ((byte == '}' || byte == ']') && --depth <= 0) {
      return;
    }
  }
}

void JsonElements::take(char byte) {
  if (size_ <= max_row_bytes) element_[size_] = byte;
  ++size_;
}

int JsonElements::next_token() {
  int byte = next_byte();
  while (is_space(byte)) byte = next_byte();
  return byte;
}

int JsonElements::next_byte() {
  if (pushed_back_ >= 0) return std::exchange(pushed_back_, -1);
  if (used_ == ahead_.size()) {
    bytes_.skip(used_);
    ahead_ = bytes_.peek();
    used_ = 0;
    if (ahead_.empty()) return at_end;
  }
  const char byte = ahead_[used_++];
  count_line(byte);
  return static_cast<unsigned char>(byte);
}

// CR LF is one end.
void JsonElements::count_line(char byte) {
  if (byte == '\r' || (byte == '\n' && !after_cr_)) ++line_;
  after_cr_ = byte == '\r';
}

void JsonElements::fail(const char* how) const {
  throw FileError(fmt::format("{}: line {}: the file {}", file_name_, line_, how));
}

}  // namespace consent_sync::input
