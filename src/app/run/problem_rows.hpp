#pragma once

#include <memory>

#include <consent_sync/input/reader.hpp>
#include <consent_sync/ledger/ledger.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// The run that config.input.only_problems_of names. Throws Failure (usage) when it cannot be taken up: there
/// is none, it is of another store, it was no sync, it can still be resumed, or it read its input by another
/// mapping.
ledger::Run find_run_with_problems(ledger::Ledger& ledger, const Config& config);

/// An input of the rows that ended as a problem in that run, with their own line numbers, read once more from
/// what the ledger kept of them. Left out, with a word in the log, are rows that were not understood (they
/// need mending first), and those whose customers had another choice in a later run: the older one must not
/// come back. Throws Failure (usage) when they are too many, or speak of one category each.
std::unique_ptr<input::Reader> open_problem_rows(ledger::Ledger& ledger, const ledger::Run& run,
                                                 const input::ReaderOptions& options);

}  // namespace consent_sync::app
