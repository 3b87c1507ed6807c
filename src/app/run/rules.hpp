#pragma once

#include <string>

namespace consent_sync::app {

// Of settings as a run keeps them: "key: value" lines.

/// Those that decide how bytes become rows, and rows a plan: with others the same input is other work.
std::string rules_of(const std::string& settings);
/// Those that decide what is done with a row that is planned already.
std::string policies_of(const std::string& settings);

/// The first setting that is not the same, with both values ("policy.drift: keep then, input now"); empty
/// when all are the same.
std::string first_difference(const std::string& then, const std::string& now);

}  // namespace consent_sync::app
