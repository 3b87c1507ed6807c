#include "export_limits.hpp"

namespace consent_sync::app {

void lift_export_limits(Config& config) {
  config.safety.min_rows = 0;
  config.safety.max_change_ratio.reset();
  config.safety.max_invalid_ratio.reset();
}

}  // namespace consent_sync::app
