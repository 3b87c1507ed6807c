#pragma once

#include "request.hpp"

namespace consent_sync::app {

/// Throws Failure (usage) for what the command line, the environment or a file says wrongly; `request` then
/// has what was understood before: how the failure is to be told.
void read_request(int argc, char** argv, Request& request);

}  // namespace consent_sync::app
