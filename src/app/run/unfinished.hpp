#pragma once

#include <optional>

#include <consent_sync/ledger/ledger.hpp>

#include "../exit_code.hpp"
#include "../settings/config.hpp"

namespace consent_sync::app {

/// The store has no open sync: says so.
ExitCode nothing_to_resume(const Config& config);

/// Takes the store's open run up again, as it was planned; its input is not needed. Throws Failure when its
/// policies were others than now. The ledger has such a run.
ledger::Run take_up(ledger::Ledger& ledger, const Config& config, const ledger::Run& open);

/// Another run is about to take the place of an open one. As `unfinished` has it, it may do so always, never,
/// or only when it speaks for each customer that the open run has not reached. Else throws Failure, and the
/// run that was being staged is forgotten. What the open run may have sent is in doubt from now on; it keeps
/// its place until the other is planned, which may be refused.
void require_replaceable(ledger::Ledger& ledger, const Config& config, const ledger::Run& open,
                         const ledger::Run& by);

/// The plan is committed, and the open run, if there is one, abandoned.
void commit_in_place_of(ledger::Ledger& ledger, const std::optional<ledger::Run>& open,
                        const ledger::Run& planned);

/// The open run keeps its place, and the other is forgotten. Throws Failure always: whoever mends an old run
/// does not mean to give up a newer one.
[[noreturn]] void keep(ledger::Ledger& ledger, const ledger::Run& open, const ledger::Run& other);

}  // namespace consent_sync::app
