#include "sha256.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {
namespace {

void require(bool done) {
  if (!done) throw LedgerError("OpenSSL cannot make a SHA-256 here.");
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Sha256::Sha256() : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  require(algorithm_ && context_);
}

Sha256Digest Sha256::operator()(std::string_view text) {
  Sha256Digest digest{};
  require(EVP_DigestInit_ex(context_.get(), algorithm_.get(), nullptr) == 1 &&
          EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1 &&
          EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
  return digest;
}

HmacSha256::HmacSha256()
    : algorithm_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context_(EVP_MAC_CTX_new(algorithm_.get())) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
  require(context_ && EVP_MAC_CTX_set_params(context_.get(), parameters) == 1);
}

void HmacSha256::set_key(std::string_view key) {
  // A key at no address would be the last one again.
  const unsigned char* bytes = key.data() == nullptr ? bytes_of("") : bytes_of(key);
  require(EVP_MAC_init(context_.get(), bytes, key.size(), nullptr) == 1);
  is_begun_ = true;
}

Sha256Digest HmacSha256::operator()(std::string_view text) {
  Sha256Digest digest{};
  std::size_t size = 0;
  // Without a key it begins anew with the last one.
  require((is_begun_ || EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1) &&
          EVP_MAC_update(context_.get(), bytes_of(text), text.size()) == 1 &&
          EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) == 1);
  is_begun_ = false;
  return digest;
}

}  // namespace consent_sync::ledger
