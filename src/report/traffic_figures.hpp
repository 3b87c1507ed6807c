#pragma once

#include <cstdint>
#include <optional>

#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

std::uint64_t requests_sent(const ledger::Traffic& traffic);

/// Requests a second while sending; 0 if nothing was sent.
double request_rate(const ledger::Traffic& traffic);

/// The share of the store's quota that the run used while it was sending, 0 to 1 and hardly above; nothing
/// without a quota. The window in which it began is offered whole.
std::optional<double> quota_used(const ledger::Traffic& traffic);

}  // namespace consent_sync::report
