#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace consent_sync::ledger {

// The hashes of a chain of evidence (evidence.hpp), as bytes. Throw std::runtime_error where the library
// fails.

std::string new_evidence_secret();
std::string evidence_digest(std::string_view secret, std::string_view text);
std::string first_evidence_link(std::string_view store);
std::string evidence_link(std::string_view before, std::uint64_t sequence, std::string_view digest);

/// The inverse of to_hex(); "" for what is no hexadecimal.
std::string from_hex(std::string_view text);

}  // namespace consent_sync::ledger
