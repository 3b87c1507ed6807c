#pragma once

#include <array>
#include <memory>
#include <string_view>

#include <openssl/evp.h>

namespace consent_sync::ledger {

using Sha256Digest = std::array<unsigned char, 32>;

// Hashes of many short texts: what OpenSSL looks up for each of its one-shot calls is looked up once here,
// which is most of their cost. They throw LedgerError where the library fails. One thread at a time.

class Sha256 {
 public:
  Sha256();
  Sha256Digest operator()(std::string_view text);

 private:
  struct Free {
    void operator()(EVP_MD* algorithm) const noexcept { EVP_MD_free(algorithm); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD, Free> algorithm_;
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

/// HMAC-SHA-256 (RFC 2104).
class HmacSha256 {
 public:
  HmacSha256();
  /// `key` is that of all texts up to the next call; it need not outlive this one.
  void set_key(std::string_view key);
  Sha256Digest operator()(std::string_view text);

 private:
  struct Free {
    void operator()(EVP_MAC* algorithm) const noexcept { EVP_MAC_free(algorithm); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
  };
  std::unique_ptr<EVP_MAC, Free> algorithm_;
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
  bool is_begun_ = false;
};

}  // namespace consent_sync::ledger
