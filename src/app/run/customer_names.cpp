#include "customer_names.hpp"

namespace consent_sync::app {

CustomerNames::CustomerNames(const Config& config) : how_(config.log.customers) {
  if (how_ == LogCustomers::hash) pseudonyms_.emplace(config.ledger, config.store.hash);
}

std::string CustomerNames::of(std::optional<consent::CustomerId> customer) const {
  if (!customer || how_ == LogCustomers::none) return "";
  return pseudonyms_ ? pseudonyms_->of(*customer) : std::to_string(customer->value());
}

}  // namespace consent_sync::app
