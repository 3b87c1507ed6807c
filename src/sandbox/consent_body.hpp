#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/timestamp.hpp>

#include "reply.hpp"

namespace consent_sync::sandbox {

/// A PUT's body, as far as it could be understood.
struct ConsentBody {
  bool malformed = false;  ///< not a JSON object
  FieldErrors errors;      ///< an object that breaks the API's rules
  consent::Choice asked;   ///< without errors
};

ConsentBody parse_consent_body(std::string_view body);

/// The reply to GET and PUT. As in real APIs the lists come in any order and there may be a member nobody has
/// heard of; `variant` says which.
std::string encode_consent(consent::Choice held, consent::Timestamp now, std::uint64_t variant);

}  // namespace consent_sync::sandbox
