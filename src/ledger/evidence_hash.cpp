#include "evidence_hash.hpp"

#include <openssl/rand.h>

#include <stdexcept>

#include <boost/algorithm/hex.hpp>

#include <consent_sync/ledger/evidence.hpp>

namespace consent_sync::ledger {

void EvidenceSecrets::draw(std::string& secret) {
  if (used_ == drawn_.size()) {
    if (RAND_bytes(drawn_.data(), static_cast<int>(drawn_.size())) != 1) {
      throw std::runtime_error("the system gave no random bytes");
    }
    used_ = 0;
  }
  secret.assign(reinterpret_cast<const char*>(&drawn_[used_]), size);
  used_ += size;
}

Sha256Digest EvidenceHasher::digest(std::string_view secret, std::string_view text) {
  hmac_.set_key(secret);
  return hmac_(text);
}

Sha256Digest EvidenceHasher::first_link(std::string_view store) {
  return sha256_("consent-sync evidence of " + std::string(store));
}

Sha256Digest EvidenceHasher::link(std::string_view before, std::uint64_t sequence, std::string_view digest) {
  linked_ = before;
  for (int shift = 56; shift >= 0; shift -= 8) linked_ += static_cast<char>((sequence >> shift) & 0xFFU);
  linked_ += digest;
  return sha256_(linked_);
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
