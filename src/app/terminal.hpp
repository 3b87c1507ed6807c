#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::app {

/// Standard error as a person sees it: lines, and below them, on a terminal, a few status lines that are
/// drawn again and again. The cursor rests on the empty line below these, so that whatever comes after the
/// process, however it ended, begins on a line of its own. Thread-safe.
class Terminal {
 public:
  Terminal();
  /// Leaves the terminal without a status.
  ~Terminal();

  /// A status is shown here.
  bool is_interactive() const { return interactive_; }
  /// The terminal can show more than ASCII.
  bool has_unicode() const { return unicode_; }
  /// From here on no status is shown.
  void be_quiet();

  void line(std::string_view text);
  /// Replaces the status: lines separated by '\n', cut to the width; only the first where there is no room
  /// for all.
  /// "" takes it away. Does nothing when this is no terminal.
  void status(std::string_view text);

 private:
  std::string erase();
  std::string draw();

  std::mutex mutex_;
  std::string status_;
  std::vector<std::size_t> drawn_;  ///< columns of each line on the screen
  bool interactive_;
  const bool unicode_;
};

/// `text` in at most `columns` columns, a character each; where it is cut it says so, and no number loses
/// digits.
std::string clip(std::string_view text, std::size_t columns, bool unicode);

/// Takes the status off the screen. Only what a signal handler may call; the process is about to end.
void erase_status_from_signal_handler();

/// The shell wrote on the terminal while the process was stopped: what is drawn is not ours to erase any
/// more. Only what a signal handler may call.
void forget_status_from_signal_handler();

}  // namespace consent_sync::app
