#pragma once

#include <string>

#include "config.hpp"

namespace consent_sync::app {

/// The access token, from store.token_file, the credential that store.token_credential names, or else the
/// variable that store.token_env names. Throws Failure (usage) that says what to set: there is none, the file
/// is readable by others, it holds no token.
std::string read_token(const Config& config);

}  // namespace consent_sync::app
