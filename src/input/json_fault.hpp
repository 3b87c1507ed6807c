#pragma once

#include <simdjson.h>

#include <string_view>

namespace consent_sync::input {

/// What a document is that is no JSON object: "it is an array", ...; "" if it begins like one.
std::string_view other_than_object(std::string_view document);

/// What is wrong with a JSON text in which simdjson finds `error`, for the person who mends it.
std::string_view fault_in_words(std::string_view text, simdjson::error_code error);

}  // namespace consent_sync::input
