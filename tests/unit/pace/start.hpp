#pragma once

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace::test {

/// When a test begins.
inline constexpr TimePoint start{std::chrono::hours(1)};

}  // namespace consent_sync::pace::test
