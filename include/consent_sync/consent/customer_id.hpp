#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace consent_sync::consent {

/// A store's id of a customer: an integer from 1 to 2^63-1 (the range a database integer holds).
class CustomerId {
 public:
  /// Nothing if the value is out of range.
  static constexpr std::optional<CustomerId> from(std::int64_t value) {
    if (value < 1) return std::nullopt;
    return CustomerId(value);
  }

  constexpr std::int64_t value() const { return value_; }

  friend constexpr auto operator<=>(CustomerId, CustomerId) = default;

 private:
  explicit constexpr CustomerId(std::int64_t value) : value_(value) {}
  std::int64_t value_ = 0;
};

}  // namespace consent_sync::consent
