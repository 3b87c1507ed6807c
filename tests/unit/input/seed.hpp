#pragma once

namespace consent_sync::input {

/// Of every test that draws at random, so that a failure can be had again.
inline constexpr unsigned seed = 20261124;

}  // namespace consent_sync::input
