#pragma once

#include <chrono>
#include <optional>

#include "../exit_code.hpp"

namespace consent_sync::app {

/// Of a store that was worked on: after which pause it comes again; nothing: it needs nothing more of its
/// batch. What a person has to look at does not come again, nor what has been tried in vain `taking` times. A
/// store that another process has does not count as tried.
std::optional<std::chrono::milliseconds> comes_again_after(ExitCode code, int taking);

}  // namespace consent_sync::app
