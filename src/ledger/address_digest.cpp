#include "address_digest.hpp"

#include <algorithm>

#include <openssl/rand.h>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {

HashKey random_key() {
  HashKey key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
    throw LedgerError("OpenSSL has no randomness for a key here.");
  return key;
}

AddressDigester::AddressDigester(const HashKey& key) {
  hmac_.set_key({reinterpret_cast<const char*>(key.data()), key.size()});
}

AddressDigest AddressDigester::operator()(std::string_view email) {
  const Sha256Digest whole = hmac_(email);
  AddressDigest digest;
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

AddressDigest AddressDigester::proof() {
  return (*this)("");  // no address is empty
}

}  // namespace consent_sync::ledger
