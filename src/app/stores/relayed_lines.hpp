#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// Lines out of pieces of a stream. The rest, a line without its end, comes with finish().
class LineSplitter {
 public:
  void add(std::string_view bytes, const std::function<void(std::string_view)>& on_line);
  void finish(const std::function<void(std::string_view)>& on_line);

 private:
  std::string rest_;
};

/// A line of a store's process as the whole shows it: "abc123   LINE" in a column of `width`; of a JSON
/// object, the same object with a member "store".
std::string relayed(std::string_view line, std::string_view store, std::size_t width, LogFormat format);

/// What a line says if it is the last word of a process that cannot go on (log_fatal()); "" for any other.
std::string last_word(std::string_view line, LogFormat format);

}  // namespace consent_sync::app
