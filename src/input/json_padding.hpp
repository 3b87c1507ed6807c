#pragma once

#include <cstddef>

namespace consent_sync::input {

/// Bytes beyond its end that simdjson may read of a text; document_rows.cpp holds it against simdjson's own.
inline constexpr std::size_t json_padding = 64;

}  // namespace consent_sync::input
