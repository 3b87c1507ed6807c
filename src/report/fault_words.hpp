#pragma once

#include <string_view>

#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// What a fault is, for somebody who has not read the manual.
std::string_view meaning(ledger::Fault fault);

/// What the program does about it.
std::string_view what_was_done(ledger::Fault fault);

}  // namespace consent_sync::report
