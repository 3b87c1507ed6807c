#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "hash_key.hpp"
#include "sha256.hpp"

namespace consent_sync::ledger {

/// What stands for an e-mail address in the ledger: the first 128 bits of its HMAC-SHA-256. Sorts as its
/// bytes.
using AddressDigest = std::array<std::uint8_t, 16>;

/// Turns addresses into digests, by a key that is random (Connection::hash_key). One thread at a time.
class AddressDigester {
 public:
  explicit AddressDigester(const HashKey& key);

  AddressDigest operator()(std::string_view email);
  /// Tells one key from another, and nothing about it.
  AddressDigest proof();

 private:
  HmacSha256 hmac_;
};

}  // namespace consent_sync::ledger
