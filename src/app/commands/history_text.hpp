#pragma once

#include <string>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::app {

/// One entry of a store's history in a line for people.
std::string entry_line(const ledger::EvidenceEntry& entry);

/// All that the ledger has about one customer, for people: what is confirmed, every change that the store
/// confirmed, and how their rows ended in each run. Empty when there is nothing.
std::string customer_history(ledger::Ledger& ledger, const std::string& store, consent::CustomerId customer);

/// The verdict over a store's history, and each finding on a line of its own.
std::string verdict_text(const std::string& store, const ledger::EvidenceVerifier::Verdict& verdict);

}  // namespace consent_sync::app
