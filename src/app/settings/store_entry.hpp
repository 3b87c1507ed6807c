#pragma once

#include <functional>
#include <string>

#include "config.hpp"

namespace consent_sync::app {

/// One of several stores that a file names under `stores`.
struct StoreEntry {
  std::string hash;
  std::string where;  ///< "jobs/nightly.yaml:12"
  /// Sets what the entry says, over what is said for all stores. Does not throw: the entry was checked as it
  /// was read.
  std::function<void(Config&)> apply;
};

}  // namespace consent_sync::app
