#pragma once

#include <cstdint>

#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

std::uint64_t requests_sent(const ledger::Traffic& traffic);

/// Requests a second while sending; 0 if nothing was sent.
double request_rate(const ledger::Traffic& traffic);

}  // namespace consent_sync::report
