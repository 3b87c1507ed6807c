#pragma once

#include <optional>
#include <string>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/consent/timestamp.hpp>

#include "database/connection.hpp"

namespace consent_sync::ledger {

/// What the store holds of a customer becomes the common ground. `asked`: what the input said, where the
/// store was left with something else. `when`: of the store's reply; nothing where there was none of this
/// moment.
void confirm_held(Connection& connection, const std::string& store, consent::CustomerId customer,
                  consent::Choice held, std::optional<consent::Choice> asked,
                  std::optional<consent::Timestamp> when);

}  // namespace consent_sync::ledger
