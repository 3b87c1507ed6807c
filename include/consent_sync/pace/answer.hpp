#pragma once

#include <cstdint>
#include <optional>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// What came of a request, as far as the pace is concerned.
enum class Sign : std::uint8_t {
  well,        ///< the store answered, whatever it said about the row
  spent,       ///< 429 with rate headers: the quota is used up until the reset
  overloaded,  ///< 429 without them: the platform itself is under load
  down,        ///< 503
  failing,     ///< another server error, or no answer at all
  untold,      ///< it ended in a way that tells nothing about the store: cancelled, refused for good
};

struct Answer {
  Sign sign = Sign::well;
  std::optional<QuotaReading> reading;  ///< nothing: there was no reply
  std::optional<Duration> latency;      ///< request written to reply read; nothing: there was no reply
};

}  // namespace consent_sync::pace
