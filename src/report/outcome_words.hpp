#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <consent_sync/consent/outcome.hpp>
#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// The outcomes that rows of a run in this mode can have, in the order in which reports list them.
std::span<const consent::Outcome> outcomes_of(ledger::Mode mode);

/// Those, and any other that occurred all the same: what is listed always adds up to the whole.
std::vector<consent::Outcome> listed_outcomes(ledger::Mode mode, const ledger::OutcomeCounts& counts);

/// What an outcome means, in a sentence for somebody who has not read the manual.
std::string_view meaning(consent::Outcome outcome);

/// What the reader should do about rows with this outcome; "" where there is nothing to do.
std::string_view advice(consent::Outcome outcome);
/// The same of a run that takes another back: it has no input to mend.
std::string_view advice_for_undo(consent::Outcome outcome);

}  // namespace consent_sync::report
