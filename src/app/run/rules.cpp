#include "rules.hpp"

#include <map>
#include <sstream>

#include <fmt/format.h>

namespace consent_sync::app {
namespace {

template <class IsWanted>
std::string lines_of(const std::string& settings, IsWanted is_wanted) {
  std::istringstream lines(settings);
  std::string wanted;
  for (std::string line; std::getline(lines, line);) {
    if (is_wanted(line)) wanted += line + '\n';
  }
  return wanted;
}

std::map<std::string, std::string> values_of(const std::string& settings) {
  std::istringstream lines(settings);
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t end = line.find(": ");
    if (end != std::string::npos) values.emplace(line.substr(0, end), line.substr(end + 2));
  }
  return values;
}

std::string value_in(const std::map<std::string, std::string>& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? "not set" : found->second;
}

}  // namespace

std::string rules_of(const std::string& settings) {
  return lines_of(settings, [](const std::string& line) {
    const bool is_rule = line.starts_with("policy.") || line.starts_with("input.") ||
                         line.starts_with("sample:") || line.starts_with("seed:");
    return is_rule && !line.starts_with("input.path");
  });
}

std::string policies_of(const std::string& settings) {
  return lines_of(settings, [](const std::string& line) { return line.starts_with("policy."); });
}

std::string first_difference(const std::string& then, const std::string& now) {
  const std::map<std::string, std::string> values_then = values_of(then);
  const std::map<std::string, std::string> values_now = values_of(now);
  for (const auto* const values : {&values_then, &values_now}) {
    for (const auto& [key, value] : *values) {
      const std::string before = value_in(values_then, key);
      const std::string after = value_in(values_now, key);
      if (before != after) return fmt::format("{}: {} then, {} now", key, before, after);
    }
  }
  return "";
}

}  // namespace consent_sync::app
