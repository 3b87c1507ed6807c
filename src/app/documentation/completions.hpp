#pragma once

#include <string>
#include <vector>

#include "command_help.hpp"

namespace consent_sync::app {

/// Scripts with which a shell completes commands, flags and their values.
std::string bash_completion(const std::vector<CommandHelp>& commands);
std::string zsh_completion(const std::vector<CommandHelp>& commands);
std::string fish_completion(const std::vector<CommandHelp>& commands);

}  // namespace consent_sync::app
