#include "settings_of_run.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "../settings/mapping_in_force.hpp"
#include "../settings/settings.hpp"

namespace consent_sync::app {
namespace {

/// A setting that goes over from run to run.
bool is_kept(std::string_view key) {
  constexpr std::array groups{"input.", "policy.", "safety.", "rate.", "report."};
  return key != "input.path" && std::any_of(groups.begin(), groups.end(),
                                            [key](const char* group) { return key.starts_with(group); });
}

/// The settings that the run had; all others have their defaults.
Config settings_then(const ledger::Run& run) {
  Config then;
  std::istringstream lines(run.settings);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t end = line.find(": ");
    if (end == std::string::npos || !is_kept(line.substr(0, end))) continue;
    const auto setting = std::find_if(settings().begin(), settings().end(), [&](const Setting& known) {
      return known.key == std::string_view(line).substr(0, end);
    });
    if (setting != settings().end()) apply_setting(then, *setting, line.substr(end + 2), "run " + run.id);
  }
  return then;
}

}  // namespace

Config with_settings_of(const ledger::Run& run, const Words& words, Config config) {
  const Config then = settings_then(run);
  Config result = config;
  result.policy = then.policy;
  result.safety = then.safety;
  result.rate = then.rate;
  result.report = then.report;
  result.input = then.input;
  result.input.path = config.input.path;
  result.input.only_problems_of = config.input.only_problems_of;
  bool is_mapped_anew = false;
  for (const Setting& setting : settings()) {
    const std::optional<Word> said = is_kept(setting.key) ? word_for(words, setting) : std::nullopt;
    if (!said) continue;
    // Of several stores each has a directory of its own in the one that is named.
    if (setting.key == "report.dir") {
      result.report.dir = config.report.dir;
      continue;
    }
    apply_setting(result, setting, said->value, said->where);
    is_mapped_anew = is_mapped_anew || setting.key == "input.preset" || setting.key == "input.mapping";
  }
  is_mapped_anew ? resolve_mapping(result) : use_mapping(result);
  return result;
}

}  // namespace consent_sync::app
