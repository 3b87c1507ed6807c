#include "figures.hpp"

#include <fmt/format.h>

namespace consent_sync::app {

std::string show_time(std::chrono::milliseconds time) {
  const auto seconds = time.count() / 1000;
  if (seconds >= 3600) return fmt::format("{} h {:02} m", seconds / 3600, seconds / 60 % 60);
  if (seconds >= 60) return fmt::format("{} m {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} s", seconds);
}

std::string show_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

}  // namespace consent_sync::app
