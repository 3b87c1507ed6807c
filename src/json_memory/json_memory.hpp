#pragma once

#include <simdjson.h>

#include <algorithm>
#include <new>
#include <string_view>

namespace consent_sync {

/// simdjson tells of memory that is not there as it does of any fault in a text. It is no fault of the text:
/// throws std::bad_alloc.
inline simdjson::error_code fault_of_text(simdjson::error_code error) {
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  return error;
}

/// A copy that simdjson may read beyond. Throws std::bad_alloc: as the library makes it, it would be empty.
inline simdjson::padded_string padded_copy(std::string_view text) {
  simdjson::padded_string copy(text);
  if (copy.data() == nullptr) throw std::bad_alloc();
  return copy;
}

/// parser.iterate(json), but for memory that is not there: throws std::bad_alloc. The library does not look
/// whether it got room for strings, and would write them to null.
inline simdjson::error_code iterate(simdjson::ondemand::parser& parser, simdjson::padded_string_view json,
                                    simdjson::ondemand::document& document) {
  constexpr std::size_t least = 64;
  if (parser.capacity() < std::max(json.length(), least)) {
    fault_of_text(parser.allocate(std::max(json.length(), least), parser.max_depth()));
  }
  // Only an iterator tells; any text will do.
  constexpr char any[2 + simdjson::SIMDJSON_PADDING] = "[]";
  const simdjson::padded_string_view text(any, 2, sizeof any);
  simdjson::ondemand::json_iterator probe;
  const auto error = fault_of_text(parser.iterate_raw(text).get(probe));
  if (error) return error;
  if (probe.string_buf_loc() == nullptr) throw std::bad_alloc();
  return fault_of_text(parser.iterate(json).get(document));
}

}  // namespace consent_sync
