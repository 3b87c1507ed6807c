#pragma once

#include <cstdint>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// What one of the store's quota windows came to, as far as the pacer saw it. Counts are requests.
struct WindowUse {
  TimePoint begin;             ///< by our clock, to within the network's latency
  Duration length{};           ///< of the whole window
  std::int64_t quota = 0;      ///< what the store last offered for it
  std::int64_t budget = 0;     ///< of it, our share
  std::int64_t used = 0;       ///< ours that left in it
  std::int64_t throttled = 0;  ///< of those, answered 429
  std::int64_t others = 0;     ///< other clients' that are sure, and what the store counts of resends
  bool whole = false;          ///< sending was under way from its begin to its end
};

}  // namespace consent_sync::pace
