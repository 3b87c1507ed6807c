#pragma once

#include <optional>
#include <string>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/consent/timestamp.hpp>

#include "database/connection.hpp"

namespace consent_sync::ledger {

struct Confirmation {
  consent::Choice held;
  std::optional<consent::Choice> asked = std::nullopt;  ///< by the input, where something else is held
  /// Of the store's reply; nothing where there was none of this moment.
  std::optional<consent::Timestamp> when = std::nullopt;
  std::optional<consent::Timestamp> decided_at = std::nullopt;  ///< as the row tells; the newest is kept
  bool restores = false;  ///< what is there again may be older than any row: the time is forgotten
};

/// What the store holds of a customer becomes the common ground.
void confirm_held(Connection& connection, const std::string& store, consent::CustomerId customer,
                  const Confirmation& confirmation);

}  // namespace consent_sync::ledger
