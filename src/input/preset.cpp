#include <consent_sync/input/preset.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mapping_node.hpp"
#include "preset_texts.hpp"

namespace consent_sync::input {
namespace {

Preset read_node(const std::string& name, const YAML::Node& root) {
  require_keys(root, "a preset",
               {"about", "recognised_by", "ambiguous", "not_verified", "needs", "to_place", "mapping"});
  if (!root["mapping"]) throw MappingError(0, "a preset has a mapping: indent the mapping's keys below it");
  check_mapping_part(root["mapping"]);
  Preset preset;
  preset.name = name;
  if (root["about"]) preset.about = scalar_of(root["about"], "about");
  if (root["needs"]) preset.needs = scalar_of(root["needs"], "needs");
  if (root["recognised_by"]) preset.recognised_by = scalars_of(root["recognised_by"], "recognised_by");
  if (root["ambiguous"]) preset.ambiguous = scalars_of(root["ambiguous"], "ambiguous");
  if (root["not_verified"]) preset.not_verified = scalars_of(root["not_verified"], "not_verified");
  if (root["to_place"]) preset.to_place = scalars_of(root["to_place"], "to_place");
  preset.mapping = YAML::Dump(root["mapping"]);
  return preset;
}

void require_placed(const Preset& preset, const Mapping& mapping) {
  std::vector<std::string> open;
  for (const std::string& name : preset.to_place) {
    const auto has = [&name](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (!has(mapping.parts) && !has(mapping.ignored)) open.push_back(name);
  }
  if (open.empty()) return;
  throw MappingError(
      0, fmt::format("say in input.mapping where {} go{}: into one of the categories, or under ignored",
                     fmt::join(open, ", "), open.size() == 1 ? "es" : ""));
}

}  // namespace

std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const PresetText& preset : preset_texts()) names.push_back(preset.name);
  return names;
}

Preset find_preset(std::string_view name) {
  for (const PresetText& preset : preset_texts()) {
    if (preset.name == name) return read_preset(std::string(name), std::string(preset.text));
  }
  throw MappingError(
      0, fmt::format("there is no preset {}; there are {}", name, fmt::join(preset_names(), ", ")));
}

Preset read_preset(const std::string& name, const std::string& text) {
  try {
    Preset preset = read_node(name, YAML::Load(text));
    preset.text = text;
    return preset;
  } catch (const YAML::Exception& problem) {
    throw MappingError(problem.mark.line + 1, fmt::format("not valid YAML: {}", problem.msg));
  }
}

std::string complete_preset(const Preset& preset, const std::string& over) {
  std::string text = overlay_mapping(preset.mapping, over);
  try {
    require_placed(preset, read_mapping(text));
  } catch (const MappingError& problem) {
    throw MappingError(
        0, preset.needs.empty() ? problem.what() : fmt::format("{}. {}", problem.what(), preset.needs));
  }
  return text;
}

}  // namespace consent_sync::input
