#pragma once

#include <cstdlib>

namespace consent_sync::fuzz {

/// A promise is broken: the fuzzer keeps the input.
inline void require(bool kept) {
  if (!kept) std::abort();
}

}  // namespace consent_sync::fuzz
