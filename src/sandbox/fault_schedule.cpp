#include "fault_schedule.hpp"

#include "mix.hpp"

namespace consent_sync::sandbox {
namespace {

/// Adds the fault to the strike; false if another one decides the reply already.
bool merge(const Fault& fault, Strike& strike) {
  switch (fault.kind) {
    case FaultKind::slow:
      strike.delay += fault.duration;
      return true;
    case FaultKind::drain:
      strike.drain += fault.units;
      return true;
    case FaultKind::revoke:
      strike.revoke = true;
      return true;
    case FaultKind::close:
      strike.announced_close = true;
      return true;
    case FaultKind::idle_close:
      strike.silent_close = true;
      return true;
    default:
      if (strike.reply) return false;
      strike.reply = fault;
      return true;
  }
}

}  // namespace

FaultSchedule::FaultSchedule(std::vector<Fault> faults, std::uint64_t seed)
    : faults_(std::move(faults)), seed_(seed) {}

void FaultSchedule::add(std::vector<Fault> faults) {
  faults_.insert(faults_.end(), faults.begin(), faults.end());
}

Strike FaultSchedule::strike(const RequestOrdinal& request) const {
  Strike strike;
  for (std::size_t index = 0; index < faults_.size(); ++index) {
    const auto& fault = faults_[index];
    if (strikes(fault, index, request) && merge(fault, strike)) strike.names.push_back(name_of(fault));
  }
  return strike;
}

bool FaultSchedule::strikes(const Fault& fault, std::size_t index, const RequestOrdinal& request) const {
  if (fault.customers && !(request.customer && fault.customers->contains(*request.customer))) return false;
  const auto number = fault.customers ? request.number_for_customer : request.number;
  if (fault.requests && !fault.requests->contains(number)) return false;
  if (!fault.probability) return true;
  const auto draw = mix(seed_, index, static_cast<std::uint64_t>(request.number)) >> 11U;
  return static_cast<double>(draw) * 0x1p-53 < *fault.probability;
}

}  // namespace consent_sync::sandbox
