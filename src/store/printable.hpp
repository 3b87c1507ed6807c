#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace consent_sync::store {

/// Foreign text made fit for a message: e-mail addresses become "[e-mail]", runs of white space and control
/// characters one space, bytes that are no UTF-8 a "?"; cut to `limit` bytes (with "..." at the end) between
/// characters.
std::string printable(std::string_view text, std::size_t limit = 300);

/// In double quotes, so that who must not see it can leave it out: a backslash stands before those within it,
/// and before each backslash.
std::string in_quotes(std::string_view text);

}  // namespace consent_sync::store
