#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/input/mapping.hpp>

namespace consent_sync::input {

/// What is known of another platform's exports: a mapping, or the start of one, with its doubts.
struct Preset {
  std::string name;
  std::string about;                       ///< the platform, and the form of its export, in one line
  std::vector<std::string> recognised_by;  ///< fields that such a file has, as a mapping names them
  std::vector<std::string> ambiguous;      ///< sentences
  std::vector<std::string> not_verified;   ///< sentences
  std::string needs;                       ///< what the user has to add, as a sentence; "" for nothing
  std::vector<std::string>
      to_place;         ///< categories that the user has to put somewhere: under categories or ignored
  std::string mapping;  ///< YAML; see read_mapping
  std::string text;     ///< the whole YAML file
};

/// The names of the presets that come with the program, in alphabetical order.
std::vector<std::string_view> preset_names();

/// A preset that comes with the program. Throws MappingError for a name that is none.
Preset find_preset(std::string_view name);

/// A preset's YAML file. Throws MappingError.
Preset read_preset(const std::string& name, const std::string& text);

/// The mapping of a preset with the sections of `over` (YAML) in place of its own, on one line. Throws
/// MappingError when what the preset leaves to the user is still open.
std::string complete_preset(const Preset& preset, const std::string& over);

}  // namespace consent_sync::input
