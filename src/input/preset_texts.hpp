#pragma once

#include <string_view>
#include <vector>

namespace consent_sync::input {

struct PresetText {
  std::string_view name;
  std::string_view text;
};

/// The files of jobs/presets, compiled in, in alphabetical order.
const std::vector<PresetText>& preset_texts();

}  // namespace consent_sync::input
