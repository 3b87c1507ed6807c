#pragma once

#include <consent_sync/ledger/run.hpp>
#include <consent_sync/pace/pacer.hpp>
#include <consent_sync/sync/engine.hpp>

namespace consent_sync::sync {

// How it stands, as far as it is told alike of whatever is under way.

/// The requests counted, and what is known of the quota and the time by now.
ledger::Traffic traffic_so_far(const ledger::Traffic& counted, const pace::Pacer& pacer,
                               pace::TimePoint started);
/// The same, into memory that is used again and again.
void count_so_far(const ledger::Traffic& counted, const pace::Pacer& pacer, pace::TimePoint started,
                  ledger::Traffic& traffic);
/// Of the pace and the traffic; the counts are for who keeps them.
Progress standing(const pace::Pacer& pacer, const ledger::Traffic& traffic);
/// The pacer's clock is monotonic; people read another.
ledger::WindowUse to_ledger(const pace::WindowUse& window);

}  // namespace consent_sync::sync
