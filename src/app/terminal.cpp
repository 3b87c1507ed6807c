#include "terminal.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace consent_sync::app {
namespace {

/// How many rows the status takes on the screen; the cursor is on the row below. There is one terminal.
std::atomic<int> rows_on_screen{0};
static_assert(std::atomic<int>::is_always_lock_free);

bool is_capable_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind && std::string_view(kind) != "dumb";
}

// As setlocale() would find it.
bool is_unicode_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (!value || *value == '\0') continue;
    const std::string_view locale = value;
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

struct Size {
  std::size_t rows = 24;
  std::size_t columns = 80;
};

Size screen_size() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_row, size.ws_col};
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string_view first_columns(std::string_view text, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_continuation(text[i])) continue;
    if (seen++ == columns) return text.substr(0, i);
  }
  return text;
}

bool is_of_number(char c) {
  return (c >= '0' && c <= '9') || c == ',' || c == '.';
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string clip(std::string_view text, std::size_t columns, bool unicode) {
  if (columns_of(text) <= columns) return std::string(text);
  const std::string_view mark = unicode ? "\u2026" : "...";
  std::string_view start = first_columns(text, columns - std::min(columns, columns_of(mark)));
  while (!start.empty() && is_of_number(start.back())) start.remove_suffix(1);
  return std::string(start) + std::string(first_columns(mark, columns));
}

Terminal::Terminal() : interactive_(is_capable_terminal()), unicode_(is_unicode_locale()) {}

Terminal::~Terminal() {
  status("");
}

void Terminal::be_quiet() {
  const std::lock_guard lock(mutex_);
  interactive_ = false;
}

void Terminal::line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  std::string bytes = erase();
  bytes += text;
  bytes += '\n';
  bytes += draw();
  write_all(bytes);
}

void Terminal::status(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!interactive_ || text == status_) return;
  status_ = text;
  std::string bytes = erase();
  bytes += draw();
  write_all(bytes);
}

// A terminal that became narrower has broken the lines it holds.
std::string Terminal::erase() {
  const int known = rows_on_screen.exchange(0);
  if (known == 0) return "";
  const std::size_t width = screen_size().columns;
  std::size_t rows = 0;
  for (const std::size_t columns : drawn_) rows += std::max<std::size_t>(1, (columns + width - 1) / width);
  return fmt::format("\r\x1b[{}A\x1b[J", rows);
}

std::string Terminal::draw() {
  const Size screen = screen_size();
  std::vector<std::string_view> lines = lines_of(status_);
  if (lines.size() >= screen.rows && !lines.empty()) lines.resize(1);
  std::string bytes;
  drawn_.clear();
  for (const std::string_view line : lines) {
    // A full line leaves it to the terminal where the cursor goes.
    const std::string shown = clip(line, screen.columns - 1, unicode_);
    drawn_.push_back(columns_of(shown));
    bytes += shown;
    bytes += '\n';
  }
  rows_on_screen = static_cast<int>(drawn_.size());
  return bytes;
}

void erase_status_from_signal_handler() {
  const int rows = rows_on_screen.exchange(0);
  for (int row = 0; row < rows; ++row) write_all("\x1b[A\x1b[2K");
}

void forget_status_from_signal_handler() {
  rows_on_screen = 0;
}

}  // namespace consent_sync::app
