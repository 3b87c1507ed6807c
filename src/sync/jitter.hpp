#pragma once

#include <cstdint>
#include <random>

namespace consent_sync::sync {

/// Spreads out what would otherwise happen all at once.
class Jitter {
 public:
  explicit Jitter(std::uint64_t seed) : random_(seed) {}

  /// In [0, 1).
  double next01() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

 private:
  std::mt19937_64 random_;
};

}  // namespace consent_sync::sync
