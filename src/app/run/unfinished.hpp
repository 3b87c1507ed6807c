#pragma once

#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// Takes the store's open run up again, as it was planned; its input is not needed. Throws Failure when its
/// policies were others than now. The ledger has such a run.
ledger::Run take_up(ledger::Ledger& ledger, const Config& config, const ledger::Run& open);

/// Another run takes the place of an open one, which is abandoned. As `unfinished` has it, it may do so
/// always, never, or only when it speaks for each customer that the open run has not reached. Else throws
/// Failure, and the run that was being staged is forgotten.
void replace(ledger::Ledger& ledger, const Config& config, const ledger::Run& open, const ledger::Run& by);

/// The open run keeps its place, and the other is forgotten. Throws Failure always: whoever mends an old run
/// does not mean to give up a newer one.
[[noreturn]] void keep(ledger::Ledger& ledger, const ledger::Run& open, const ledger::Run& other);

}  // namespace consent_sync::app
