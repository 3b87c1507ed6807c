#pragma once

#include <vector>

#include "settings.hpp"

namespace consent_sync::app {

/// The part of settings() about what is planned, under which policy, and within which limits.
std::vector<Setting> planning_settings();

}  // namespace consent_sync::app
