#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace consent_sync::ledger {

/// What stands for an e-mail address in the ledger: the first 128 bits of its HMAC-SHA-256. Sorts as its
/// bytes.
using AddressDigest = std::array<std::uint8_t, 16>;

/// Turns addresses into digests. The key is random and lies in a file of its own beside the ledger,
/// "PATH.email-key", its owner's only: whoever gets hold of the ledger alone cannot try addresses.
class AddressDigester {
 public:
  /// Makes the key if there is none. Throws LedgerError when it cannot be made or read, or others can.
  explicit AddressDigester(const std::string& ledger_path);
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
