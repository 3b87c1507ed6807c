#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "hash_key.hpp"

namespace consent_sync::ledger {

/// What stands for an e-mail address in the ledger: the first 128 bits of its HMAC-SHA-256. Sorts as its
/// bytes.
using AddressDigest = std::array<std::uint8_t, 16>;

/// Turns addresses into digests, by a key that is random (Connection::hash_key).
class AddressDigester {
 public:
  explicit AddressDigester(const HashKey& key);
  ~AddressDigester();
  AddressDigester(const AddressDigester&) = delete;
  AddressDigester& operator=(const AddressDigester&) = delete;

  AddressDigest operator()(std::string_view email) const;
  /// Tells one key from another, and nothing about it.
  AddressDigest proof() const;

 private:
  struct Keyed;
  std::unique_ptr<Keyed> keyed_;
};

}  // namespace consent_sync::ledger
