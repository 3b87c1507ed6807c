#pragma once

#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::app::test {

/// When the nightly run begins.
inline const consent::Timestamp two_o_clock = consent::parse_rfc3339("2026-11-24T02:00:00Z").value();

}  // namespace consent_sync::app::test
