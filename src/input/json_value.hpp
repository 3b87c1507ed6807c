#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// A single value as text, as JSON would write it but for strings; "" for null. Nothing for an array or an
/// object.
std::optional<std::string> text_of(simdjson::dom::element value);

/// An object in it, however deep, has a key twice: readers differ over which one counts.
bool has_duplicate_keys(simdjson::dom::element value);
bool has_duplicate_keys(simdjson::dom::object object);

/// The JSON Pointer to the field of that name: itself if it is one already, or else to the member of that
/// name.
std::string to_pointer(const std::string& name);

/// A part of a JSON Pointer, between two '/', as the key that it stands for.
std::string unescaped_step(std::string_view part);

/// The value at a pointer ("" is the whole); nothing where there is none.
std::optional<simdjson::dom::element> value_at(simdjson::dom::element root, const std::string& pointer);

}  // namespace consent_sync::input
