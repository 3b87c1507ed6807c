#pragma once

#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

namespace consent_sync::app {

/// Standard error as a person sees it: lines, and below them, on a terminal, one status line that is drawn
/// again and again. Thread-safe.
class Terminal {
 public:
  Terminal();
  /// Leaves the terminal without a status line.
  ~Terminal();

  bool is_interactive() const { return interactive_; }
  int width() const;

  void line(std::string_view text);
  /// Replaces the status line; "" takes it away. Does nothing when this is no terminal.
  void status(std::string_view text);

 private:
  void draw(std::string_view text);

  std::mutex mutex_;
  std::string status_;
  const bool interactive_;
};

}  // namespace consent_sync::app
