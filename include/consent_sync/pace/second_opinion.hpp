#pragma once

#include <optional>
#include <utility>

namespace consent_sync::pace {

/// Believes a surprise once two readings in a row tell it: one alone may be a proxy's, or nonsense.
template <class T>
class SecondOpinion {
 public:
  /// A reading tells `value`, which is not what was known. `agrees(earlier, value)`: do the two say the same?
  template <class Agrees>
  bool confirms(T value, Agrees agrees) {
    const bool confirmed = first_ && agrees(*first_, value);
    first_ = confirmed ? std::nullopt : std::optional<T>(std::move(value));
    return confirmed;
  }

  /// A reading tells what was known.
  void dismiss() { first_.reset(); }

 private:
  std::optional<T> first_;
};

}  // namespace consent_sync::pace
