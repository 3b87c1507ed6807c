#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace consent_sync::sandbox {

/// What one quota window saw. Windows without a request are left out.
struct WindowUse {
  std::int64_t window = 0;     ///< 0 is the window that the first request opened
  std::int64_t requests = 0;   ///< answered within the quota
  std::int64_t throttled = 0;  ///< answered 429 because the quota was spent
  std::int64_t drained = 0;    ///< taken by other apps
};

/// The store's own account of what its clients did: the witness in tests.
struct Counters {
  std::int64_t connections = 0;  ///< accepted
  std::int64_t handshakes = 0;   ///< TLS handshakes completed
  std::int64_t requests = 0;     ///< read in full; everything below is part of them
  std::int64_t put = 0;
  std::int64_t get = 0;
  std::int64_t applied = 0;            ///< PUTs that the store took over, whatever the client was told
  std::map<int, std::int64_t> status;  ///< replies per code; a reply that was never sent has none
  std::map<std::string, std::int64_t> faults;   ///< strikes per fault name
  std::int64_t throttled = 0;                   ///< replies with 429, for whatever reason
  std::int64_t max_consecutive_throttled = 0;   ///< the longest row of 429s with no other reply in between
  std::int64_t max_in_flight = 0;               ///< requests read and not yet answered, at the same time
  std::int64_t max_in_flight_per_customer = 0;  ///< the same, for one customer's consent
  /// Requests by a connection that is older than one that had been used before: of clients with one
  /// connection each, more than one was at work.
  std::int64_t by_older_connection = 0;
  std::vector<WindowUse> windows;  ///< empty without a quota
};

}  // namespace consent_sync::sandbox
