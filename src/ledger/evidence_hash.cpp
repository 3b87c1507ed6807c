#include "evidence_hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <stdexcept>

#include <boost/algorithm/hex.hpp>

#include <consent_sync/ledger/evidence.hpp>

namespace consent_sync::ledger {
namespace {

using Hash = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_bytes(const Hash& hash) {
  return {hash.begin(), hash.end()};
}

std::string sha256(std::string_view text) {
  Hash hash{};
  if (SHA256(bytes_of(text), text.size(), hash.data()) == nullptr) throw std::runtime_error("SHA-256 failed");
  return to_bytes(hash);
}

}  // namespace

std::string EvidenceSecrets::next() {
  if (used_ == drawn_.size()) {
    if (RAND_bytes(drawn_.data(), static_cast<int>(drawn_.size())) != 1) {
      throw std::runtime_error("the system gave no random bytes");
    }
    used_ = 0;
  }
  const std::string secret(&drawn_[used_], &drawn_[used_] + size);
  used_ += size;
  return secret;
}

std::string evidence_digest(std::string_view secret, std::string_view text) {
  Hash digest{};
  unsigned size = 0;
  const unsigned char* done = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                                   bytes_of(text), text.size(), digest.data(), &size);
  if (done == nullptr || size != digest.size()) throw std::runtime_error("HMAC-SHA-256 failed");
  return to_bytes(digest);
}

std::string first_evidence_link(std::string_view store) {
  return sha256("consent-sync evidence of " + std::string(store));
}

std::string evidence_link(std::string_view before, std::uint64_t sequence, std::string_view digest) {
  std::string text(before);
  for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>((sequence >> shift) & 0xFFU);
  text += digest;
  return sha256(text);
}

std::string to_hex(std::string_view bytes) {
  return boost::algorithm::hex_lower(std::string(bytes));
}

std::string from_hex(std::string_view text) {
  try {
    return boost::algorithm::unhex(std::string(text));
  } catch (const boost::algorithm::hex_decode_error&) {
    return "";
  }
}

}  // namespace consent_sync::ledger
