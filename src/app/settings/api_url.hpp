#pragma once

#include <string>
#include <string_view>

namespace consent_sync::app {

/// The address of the API in one spelling, as the ledger remembers where it was that something was confirmed:
/// scheme and host in small letters, without the usual port and without a slash at the end. What is no
/// address is returned as it is, for the client to refuse. Throws std::invalid_argument for one with a path.
std::string parse_api_url(std::string_view text);

}  // namespace consent_sync::app
