#include "traffic_figures.hpp"

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

}  // namespace consent_sync::report
