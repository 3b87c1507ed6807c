#pragma once

#include <string>

#include "promise.hpp"
#include "settings/settings.hpp"

namespace consent_sync::fuzz {

/// What a setting shows is not what it takes, because it may be a secret.
inline bool is_hidden(const app::Setting& setting) {
  return setting.key == "store.token_command" || setting.key.starts_with("hooks.on_");
}

/// Settings that were accepted are shown as they would be taken again, and then they mean the same.
inline void require_means_the_same_again(const app::Config& config) {
  app::Config again;
  for (const app::Setting& setting : app::settings()) {
    const std::string shown = setting.show(config);
    if (shown != setting.show(again) && !is_hidden(setting))
      app::apply_setting(again, setting, shown, "shown");
  }
  for (const app::Setting& setting : app::settings()) {
    if (!is_hidden(setting)) require(setting.show(again) == setting.show(config));
  }
}

}  // namespace consent_sync::fuzz
