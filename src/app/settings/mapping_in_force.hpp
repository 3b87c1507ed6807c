#pragma once

#include <string>

#include <consent_sync/input/preset.hpp>

#include "config.hpp"

namespace consent_sync::app {

/// A preset by its name, or from a file. Throws Failure (usage).
input::Preset load_preset(const std::string& name_or_file);

/// Makes the mapping that input.preset and input.mapping ask for, and sets input.mapping to all of it: with
/// another mapping the same input is other work. Throws Failure (usage).
void resolve_mapping(Config& config);

/// For an input.mapping that is all of it already. Throws Failure (usage).
void use_mapping(Config& config);

}  // namespace consent_sync::app
