#pragma once

#include <simdjson.h>

#include <new>
#include <string_view>

namespace consent_sync::store {

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

/// Reads a value to its end and checks it: On-Demand skips what nobody reads, also when it is broken.
bool walk(simdjson::ondemand::value value);

/// Nothing follows the document.
bool is_at_end(simdjson::ondemand::document& document);

}  // namespace consent_sync::store
