#pragma once

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>

namespace consent_sync::store::test {

/// Whom most tests are about, and what is asked for them.
inline const consent::CustomerId seven = consent::CustomerId::from(7).value();
inline const consent::Choice asked = consent::Choice::from_masks(1, 14).value();

}  // namespace consent_sync::store::test
