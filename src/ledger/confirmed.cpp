#include "confirmed.hpp"

#include <chrono>

#include "database/query.hpp"

namespace consent_sync::ledger {

void confirm_held(Connection& connection, const std::string& store, consent::CustomerId customer,
                  const Confirmation& confirmation) {
  // Without a reply of this moment, what was known before is no newer for it.
  const auto now = consent::now();
  execute_later(
      connection.prepared(
          "INSERT INTO confirmed (store, customer, choice, asked, confirmed_at, decided_at) VALUES (?, ?, ?, "
          "?, ?, ?) ON CONFLICT (store, customer) DO UPDATE SET choice = excluded.choice, asked = "
          "excluded.asked, confirmed_at = CASE WHEN ? = 1 AND confirmed.choice = excluded.choice AND "
          "confirmed.in_doubt = 0 THEN confirmed.confirmed_at ELSE excluded.confirmed_at END, decided_at = "
          "CASE WHEN ? = 1 THEN NULL WHEN excluded.decided_at IS NULL OR confirmed.decided_at > "
          "excluded.decided_at THEN confirmed.decided_at ELSE excluded.decided_at END, in_doubt = 0"),
      store, customer, confirmation.held, confirmation.asked, confirmation.when.value_or(now),
      confirmation.decided_at, !confirmation.when.has_value(), confirmation.restores);
}

}  // namespace consent_sync::ledger
