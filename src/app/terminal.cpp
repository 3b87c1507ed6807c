#include "terminal.hpp"

#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace consent_sync::app {
namespace {

constexpr std::string_view erase_line = "\r\x1b[K";

bool is_capable_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind && std::string_view(kind) != "dumb";
}

}  // namespace

Terminal::Terminal() : interactive_(is_capable_terminal()) {}

Terminal::~Terminal() {
  status("");
}

int Terminal::width() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void Terminal::line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!status_.empty()) draw(erase_line);
  draw(text);
  draw("\n");
  draw(status_);
}

void Terminal::status(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!interactive_ || text == status_) return;
  draw(erase_line);
  draw(text);
  status_ = text;
}

void Terminal::draw(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace consent_sync::app
