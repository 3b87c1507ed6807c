#include "relayed_lines.hpp"

#include <fmt/format.h>
#include <simdjson.h>

namespace consent_sync::app {
namespace {

/// A process that writes no line ends does not fill our memory.
constexpr std::size_t longest_line = 64 * 1024;

constexpr std::string_view program = "consent-sync: ";

std::string critical_message(std::string_view line) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view level;
  std::string_view message;
  if (parser.parse(line.data(), line.size()).get(object) != simdjson::SUCCESS) return "";
  if (object["level"].get(level) != simdjson::SUCCESS || level != "critical") return "";
  return object["message"].get(message) == simdjson::SUCCESS ? std::string(message) : "";
}

}  // namespace

void LineSplitter::add(std::string_view bytes, const std::function<void(std::string_view)>& on_line) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    rest_ += bytes.substr(0, end);
    if (end == std::string_view::npos && rest_.size() < longest_line) return;
    on_line(rest_);
    rest_.clear();
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
}

void LineSplitter::finish(const std::function<void(std::string_view)>& on_line) {
  if (!rest_.empty()) on_line(rest_);
  rest_.clear();
}

std::string relayed(std::string_view line, std::string_view store, std::size_t width, LogFormat format) {
  if (format == LogFormat::json && line.starts_with('{')) {
    return fmt::format(R"({{"store":"{}",{})", store, line.substr(1));
  }
  return fmt::format("{:<{}}  {}", store, width, line);
}

std::string last_word(std::string_view line, LogFormat format) {
  if (format == LogFormat::json) return critical_message(line);
  return line.starts_with(program) ? std::string(line.substr(program.size())) : "";
}

}  // namespace consent_sync::app
