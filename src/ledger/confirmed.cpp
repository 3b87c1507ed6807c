#include "confirmed.hpp"

#include <chrono>

#include "database/query.hpp"

namespace consent_sync::ledger {

void confirm_held(Connection& connection, const std::string& store, consent::CustomerId customer,
                  consent::Choice held, std::optional<consent::Choice> asked,
                  std::optional<consent::Timestamp> when) {
  // Without a reply of this moment, what was known before is no newer for it.
  const auto now = consent::now();
  execute_later(
      connection.prepared(
          "INSERT INTO confirmed (store, customer, choice, asked, confirmed_at) VALUES (?, ?, ?, ?, ?) ON "
          "CONFLICT (store, customer) DO UPDATE SET choice = excluded.choice, asked = excluded.asked, "
          "confirmed_at = CASE WHEN ? = 1 AND confirmed.choice = excluded.choice AND confirmed.in_doubt = 0 "
          "THEN confirmed.confirmed_at ELSE excluded.confirmed_at END, in_doubt = 0"),
      store, customer, held, asked, when.value_or(now), !when.has_value());
}

}  // namespace consent_sync::ledger
