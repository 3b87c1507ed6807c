#pragma once

#include <simdjson.h>

#include <new>

namespace consent_sync::input {

/// simdjson tells of memory that is not there as it does of any fault in a text. It is no fault of the text:
/// throws std::bad_alloc.
inline simdjson::error_code fault_of_text(simdjson::error_code error) {
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  return error;
}

}  // namespace consent_sync::input
