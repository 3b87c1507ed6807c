#include "traffic_figures.hpp"

#include <algorithm>
#include <chrono>

namespace consent_sync::report {

using Seconds = std::chrono::duration<double>;

std::uint64_t requests_sent(const ledger::Traffic& traffic) {
  return traffic.put + traffic.get;
}

double request_rate(const ledger::Traffic& traffic) {
  if (traffic.sending.count() <= 0) return 0;
  return static_cast<double>(requests_sent(traffic)) / Seconds(traffic.sending).count();
}

std::optional<double> quota_used(const ledger::Traffic& traffic) {
  if (traffic.quota == 0 || traffic.window.count() <= 0) return std::nullopt;
  const double windows = std::max(1.0, Seconds(traffic.sending) / Seconds(traffic.window));
  return static_cast<double>(requests_sent(traffic)) / (static_cast<double>(traffic.quota) * windows);
}

}  // namespace consent_sync::report
