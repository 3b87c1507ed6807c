#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// An e-mail address as customers are compared by it: ASCII letters in lower case. Otherwise nothing, and
/// `problem` says why, without repeating it.
std::optional<std::string> read_email(std::string_view text, std::string& problem);

/// Somebody's address stands in it, or may: an @ (or %40) behind something. "@type" and "/a/@type" are names.
bool has_address(std::string_view text);

}  // namespace consent_sync::input
