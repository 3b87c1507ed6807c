#pragma once

#include <cstddef>
#include <limits>

namespace consent_sync::input {

/// While it lives, read(2) of this program gives what it should piece by piece, or fails. The linker puts us
/// between (--wrap).
class FaultyRead {
 public:
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  struct How {
    std::size_t most = never;         ///< bytes a call
    std::size_t split_at = never;     ///< no call gives bytes from both sides of this place
    bool is_interrupted = false;      ///< every second call ends with EINTR
    std::size_t fails_after = never;  ///< so many bytes: EIO
  };
  explicit FaultyRead(How chosen);
  FaultyRead(const FaultyRead&) = delete;
  FaultyRead& operator=(const FaultyRead&) = delete;
  ~FaultyRead();
};

}  // namespace consent_sync::input
