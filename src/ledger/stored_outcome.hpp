#pragma once

#include <consent_sync/consent/outcome.hpp>

namespace consent_sync::ledger {

// How outcomes are told in blocks of rows and of changes, by a number below 128.

unsigned code_of(consent::Outcome outcome);
/// Throws std::out_of_range for a number that is none.
consent::Outcome outcome_of(unsigned code);

}  // namespace consent_sync::ledger
