#pragma once

#include <cstdint>

namespace consent_sync::sandbox {

/// A random-looking number that depends on its arguments alone (splitmix64), so that a seed repeats a whole
/// run.
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t stream, std::uint64_t number) {
  auto value = seed + 0x9E3779B97F4A7C15U * (number + 1) + 0xD1B54A32D192ED03U * stream;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

}  // namespace consent_sync::sandbox
