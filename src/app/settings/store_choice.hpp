#pragma once

#include <string>
#include <vector>

#include "store_entry.hpp"

namespace consent_sync::app {

/// Which of several stores a command line is about.
struct StoreChoice {
  std::string one;                ///< --store: this one, in this process; "" for none
  std::vector<std::string> only;  ///< --only-store: these, each in a process of its own; empty: all
};

/// The entries that are meant, in the order of the file: the one, or those. Throws Failure (usage) for a
/// store that has no entry, with the names of those that have.
std::vector<StoreEntry> chosen(const std::vector<StoreEntry>& stores, const StoreChoice& choice);

/// "abc123, def456 and 12 more": for messages.
std::string names_of(const std::vector<StoreEntry>& stores);

}  // namespace consent_sync::app
