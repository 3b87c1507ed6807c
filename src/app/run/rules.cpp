#include "rules.hpp"

#include <sstream>

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
  std::istringstream lines_then(then);
  std::istringstream lines_now(now);
  std::string before;
  for (std::string line; std::getline(lines_now, line);) {
    if (!std::getline(lines_then, before) || before != line) return line;
  }
  return std::getline(lines_then, before) ? before : "";
}

}  // namespace consent_sync::app
