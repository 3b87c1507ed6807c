#pragma once

#include <cstdint>

#include "reply.hpp"
#include "route.hpp"

namespace consent_sync::sandbox {

/// GET /v3/customers in a store with the customers 1 to `customer_count`: the filters id:in and email:in,
/// limit, and either page or one of the cursors after and before.
Reply customers_page(const Route& route, std::int64_t customer_count);

}  // namespace consent_sync::sandbox
