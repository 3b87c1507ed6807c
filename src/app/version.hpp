#pragma once

namespace consent_sync::app {

inline constexpr const char* version = CONSENT_SYNC_VERSION;

}  // namespace consent_sync::app
