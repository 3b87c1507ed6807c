#pragma once

#include <chrono>

#include <consent_sync/store/secret_text.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// No core dump holds a token, and no other process of this user may look into this one. LeakSanitizer has
/// to.
void keep_out_of_core_dumps();

/// Of store.token_command: a vault that does not answer must not hold up a night.
inline constexpr std::chrono::seconds token_command_limit{60};

/// The access token: what store.token_command prints, or from store.token_file, from the credential that
/// store.token_credential names, or else from the variable that store.token_env names, which is then wiped
/// and gone. Throws Failure (usage) that says what to set: there is none, the file is readable by others, it
/// holds no token, the command has not ended within its limit.
store::SecretText read_token(const Config& config,
                             std::chrono::milliseconds command_limit = token_command_limit);

}  // namespace consent_sync::app
