#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::report {

/// The members of a JSON object as they are written, but for those of this name; without the object's braces.
/// Nothing: the text is no JSON object.
std::optional<std::string> members_without(std::string_view name, std::string_view object);

}  // namespace consent_sync::report
