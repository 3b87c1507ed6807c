#pragma once

#include <simdjson.h>

namespace consent_sync::store {

/// Reads a value to its end and checks it: On-Demand skips what nobody reads, also when it is broken.
bool walk(simdjson::ondemand::value value);

/// Nothing follows the document.
bool is_at_end(simdjson::ondemand::document& document);

}  // namespace consent_sync::store
