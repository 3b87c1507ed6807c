#pragma once

#include <chrono>
#include <string>

#include <consent_sync/store/secret_text.hpp>

namespace consent_sync::app {

/// What a shell command prints until it ends; what it says on standard error goes where ours does. Whoever it
/// leaves behind is not waited for. It shares our terminal, where it may ask for a password. Throws
/// std::runtime_error, never with what was printed ("ended with exit code 3"): it cannot be run, it failed,
/// or it has not ended within `limit`, and was killed with all that it had started.
store::SecretText run_token_command(const std::string& command, std::chrono::milliseconds limit);

}  // namespace consent_sync::app
