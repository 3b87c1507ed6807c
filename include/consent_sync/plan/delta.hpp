#pragma once

#include <optional>

#include <consent_sync/consent/record.hpp>

namespace consent_sync::plan {

/// What has to be sent so that the store holds `wanted`. Nothing if what it last confirmed satisfies it, or
/// if nothing is wanted.
std::optional<consent::Change> change_to(consent::Choice wanted, std::optional<consent::Choice> confirmed,
                                         consent::CustomerId customer, consent::LineNumber line);

}  // namespace consent_sync::plan
