#pragma once

#include <string>
#include <vector>

#include "command_help.hpp"

namespace consent_sync::app {

/// consent-sync(1), for man(7). Settings, which most commands share, are described once.
std::string man_page(const std::vector<CommandHelp>& commands, const std::string& summary);

}  // namespace consent_sync::app
