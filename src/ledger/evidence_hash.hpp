#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sha256.hpp"

namespace consent_sync::ledger {

/// Gives each entry a secret of its own. They are drawn many at a time: a draw costs more than the bytes.
class EvidenceSecrets {
 public:
  /// Makes `secret` the next one. Throws std::runtime_error where the system gives no random bytes.
  void draw(std::string& secret);

 private:
  static constexpr std::size_t size =
      16;  // 128 bits: what is erased cannot be found again by trying every customer
  std::array<unsigned char, 64 * size> drawn_{};
  std::size_t used_ = 64 * size;
};

inline std::string_view view_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// The hashes of a chain of evidence (evidence.hpp). One thread at a time.
class EvidenceHasher {
 public:
  Sha256Digest digest(std::string_view secret, std::string_view text);
  /// Before the first entry.
  Sha256Digest first_link(std::string_view store);
  Sha256Digest link(std::string_view before, std::uint64_t sequence, std::string_view digest);

 private:
  Sha256 sha256_;
  HmacSha256 hmac_;
  std::string linked_;  ///< what a link hashes
};

/// The inverse of to_hex(); "" for what is no hexadecimal.
std::string from_hex(std::string_view text);

}  // namespace consent_sync::ledger
