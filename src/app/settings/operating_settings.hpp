#pragma once

#include <vector>

#include "settings.hpp"

namespace consent_sync::app {

/// Settings for whoever runs it and watches it: report.*, log.*, metrics.*, hooks.*.
std::vector<Setting> operating_settings();

}  // namespace consent_sync::app
