#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/consent/choice.hpp>

namespace consent_sync::store {

/// The body of a PUT: {"allow":["essential"],"deny":["analytics"]}. Both lists always present, in category
/// order.
std::string encode_choice(consent::Choice choice);

/// Reads a consent reply. Lists in any order, either may be absent (empty); unknown members are ignored.
/// Nothing if it is not a JSON object, a list holds anything but the four categories, or a category is in
/// both.
std::optional<consent::Choice> decode_choice(std::string_view body);

/// The store's words in an error body: title and errors, or the start of a text that is no JSON. Printable,
/// at most 300 bytes, e-mail addresses masked; empty if the body says nothing.
std::string describe_error_body(std::string_view body);

}  // namespace consent_sync::store
