#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::ledger {

/// A byte that is no choice stands for none.
inline constexpr std::uint8_t no_choice = 0xFF;

inline std::uint8_t byte_of(std::optional<consent::Choice> choice) {
  return choice ? choice->code() : no_choice;
}
inline std::optional<consent::Choice> choice_of(std::uint8_t byte) {
  return consent::Choice::from_code(byte);
}

/// Since 1970.
inline std::int64_t microseconds(consent::Timestamp time) {
  return time.time_since_epoch().count();
}
inline consent::Timestamp timestamp_of(std::int64_t microseconds) {
  return consent::Timestamp(std::chrono::microseconds(microseconds));
}

// Both wrap around: times may lie as far apart as their numbers can tell.
inline std::int64_t difference(std::int64_t to, std::int64_t from) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}
inline std::int64_t sum(std::int64_t from, std::int64_t difference) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + static_cast<std::uint64_t>(difference));
}

// Numbers as seven bits a byte, the lowest first; texts with their length before them.

inline void put_byte(std::string& out, unsigned byte) {
  out += static_cast<char>(byte);
}
inline void put_number(std::string& out, std::uint64_t value) {
  while (value >= 0x80U) {
    put_byte(out, static_cast<unsigned>(value & 0x7FU) | 0x80U);
    value >>= 7U;
  }
  put_byte(out, static_cast<unsigned>(value));
}
inline void put_signed(std::string& out, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  put_number(out, (bits << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}
inline void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

/// Reads what the functions above wrote. Throws std::out_of_range where there is no more.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool is_at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

  std::uint8_t byte() {
    if (rest_.empty()) throw std::out_of_range("bytes end early");
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      value |= static_cast<std::uint64_t>(part & 0x7FU) << shift;
      if ((part & 0x80U) == 0) return value;
    }
    throw std::out_of_range("a number does not end");
  }
  std::int64_t signed_number() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits >> 1U) ^ ((bits & 1U) != 0 ? ~std::uint64_t{0} : 0));
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) throw std::out_of_range("a text ends early");
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
};

}  // namespace consent_sync::ledger
