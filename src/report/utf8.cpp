#include "utf8.hpp"

#include <algorithm>

namespace consent_sync::report {
namespace {

bool is_control(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line = clean_utf8(text);
  std::ranges::replace_if(line, is_control, ' ');
  return line;
}

std::string shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (limit > 0 && continues(limit)) --limit;
  return std::string(text.substr(0, limit)) + "…";
}

}  // namespace consent_sync::report
