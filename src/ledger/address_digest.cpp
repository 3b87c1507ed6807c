#include "address_digest.hpp"

#include <algorithm>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {

HashKey random_key() {
  HashKey key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
    throw LedgerError("OpenSSL has no randomness for a key here.");
  return key;
}

struct AddressDigester::Keyed {
  explicit Keyed(const HashKey& key)
      : mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context(EVP_MAC_CTX_new(mac)) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    if (context == nullptr || EVP_MAC_init(context, key.data(), key.size(), parameters) != 1) {
      throw LedgerError("OpenSSL cannot make an HMAC-SHA-256 here.");
    }
  }
  ~Keyed() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
  }

  EVP_MAC* mac;
  EVP_MAC_CTX* context;
};

AddressDigester::AddressDigester(const HashKey& key) : keyed_(std::make_unique<Keyed>(key)) {}
AddressDigester::~AddressDigester() = default;

AddressDigest AddressDigester::operator()(std::string_view email) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> whole;
  std::size_t size = 0;
  // Without a key it begins anew with the last one.
  const bool done = EVP_MAC_init(keyed_->context, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(keyed_->context, reinterpret_cast<const unsigned char*>(email.data()),
                                   email.size()) == 1 &&
                    EVP_MAC_final(keyed_->context, whole.data(), &size, whole.size()) == 1;
  if (!done) throw LedgerError("OpenSSL cannot make an HMAC-SHA-256 here.");
  AddressDigest digest;
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

AddressDigest AddressDigester::proof() const {
  return (*this)("");  // no address is empty
}

}  // namespace consent_sync::ledger
