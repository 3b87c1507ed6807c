#include "wording.hpp"

#include <fmt/format.h>

namespace consent_sync::report {
namespace {

/// The name of a setting or a file, which is written as it is: there is a dot within it.
bool begins_with_name(std::string_view text) {
  const std::string_view word = text.substr(0, text.find_first_of(" :,;"));
  const std::size_t dot = word.find('.');
  return dot != std::string_view::npos && dot + 1 < word.size();
}

}  // namespace

std::string number(std::uint64_t value) {
  std::string digits = fmt::format("{}", value);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3) {
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return digits;
}

std::string count_of(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number(count), count == 1 ? one : many);
}

std::string percent(double share) {
  const double value = share * 100;
  return value == 0 || value >= 10 ? fmt::format("{:.0f} %", value) : fmt::format("{:.2g} %", value);
}

std::string duration_words(std::chrono::microseconds duration) {
  using namespace std::chrono;
  if (duration < 10s) return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
  const auto seconds_in_all = round<seconds>(duration).count();
  if (seconds_in_all < 60) return fmt::format("{} s", seconds_in_all);
  if (seconds_in_all < 3600) return fmt::format("{} min {} s", seconds_in_all / 60, seconds_in_all % 60);
  return fmt::format("{} h {} min", seconds_in_all / 3600, seconds_in_all / 60 % 60);
}

std::string latency_words(std::chrono::microseconds latency) {
  const double ms = std::chrono::duration<double, std::milli>(latency).count();
  return ms < 10 ? fmt::format("{:.1f} ms", ms) : fmt::format("{:.0f} ms", ms);
}

std::string time_words(consent::Timestamp time) {
  std::string text = consent::to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  text.replace(text.find('T'), 1, " ");
  text.replace(text.find('Z'), 1, " UTC");
  return text;
}

std::string size_words(std::uint64_t bytes) {
  if (bytes < 1000) return count_of(bytes, "byte", "bytes");
  const double value = static_cast<double>(bytes);
  if (value < 1e6) return fmt::format("{:.1f} kB", value / 1e3);
  if (value < 1e9) return fmt::format("{:.1f} MB", value / 1e6);
  return fmt::format("{:.1f} GB", value / 1e9);
}

std::string sentence(std::string_view text) {
  std::string whole(text);
  if (whole.empty()) return whole;
  if (whole.front() >= 'a' && whole.front() <= 'z' && !begins_with_name(whole))
    whole.front() = static_cast<char>(whole.front() - 'a' + 'A');
  if (whole.find_last_of(".!?") != whole.size() - 1) whole += '.';
  return whole;
}

}  // namespace consent_sync::report
