#pragma once

#include <consent_sync/consent/timestamp.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

inline constexpr unsigned tc_purposes = 24;

/// What the core segment of an IAB TCF v2 consent string tells.
struct TcString {
  consent::Timestamp created;
  consent::Timestamp last_updated;
  unsigned policy_version = 0;
  std::uint32_t purposes_consent = 0;  ///< bit n - 1: consent to purpose n

  bool consents_to(unsigned purpose) const { return ((purposes_consent >> (purpose - 1)) & 1U) != 0; }
};

/// Decodes a TC string; segments after the core are not looked at. Otherwise nothing, and `problem` says what
/// is wrong with it: not base64url, another version, cut off, or of a policy that was no longer valid when it
/// was made.
std::optional<TcString> decode_tc_string(std::string_view text, std::string& problem);

}  // namespace consent_sync::input
