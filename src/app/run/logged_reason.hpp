#pragma once

#include <string>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// The reason of a row or a run as log lines have it: a name may stand where an id belongs, so that what the
/// input or the store wrote is left out unless customers are named by their ids.
std::string logged_reason(const std::string& reason, LogCustomers customers);

}  // namespace consent_sync::app
