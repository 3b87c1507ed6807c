#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// Percent-encoding undone; nothing if a % is followed by anything but two hexadecimal digits. In
/// form-encoded text a
/// + is a space.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// The value of `key` in form-encoded text (a=1&b=2), decoded; nothing where it is missing, damaged or there
/// twice.
std::optional<std::string> form_value(std::string_view text, std::string_view key);

/// Without one pair of quotation marks, ' or ", around it.
std::string_view unquoted(std::string_view text);

}  // namespace consent_sync::input
