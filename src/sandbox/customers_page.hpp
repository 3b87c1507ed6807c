#pragma once

#include <cstdint>

#include "address_book.hpp"
#include "reply.hpp"
#include "route.hpp"

namespace consent_sync::sandbox {

/// GET /v3/customers in a store with these customers: the filters id:in and email:in,
/// limit, and either page or one of the cursors after and before.
Reply customers_page(const Route& route, const AddressBook& book);

}  // namespace consent_sync::sandbox
