#pragma once

#include <cstdint>

#include "reply.hpp"
#include "route.hpp"

namespace consent_sync::sandbox {

/// GET /v3/customers in a store with the customers 1 to `customer_count`: filters id:in and email:in, limit,
/// page.
Reply customers_page(const Route& route, std::int64_t customer_count);

}  // namespace consent_sync::sandbox
