#pragma once

#include <string>

namespace consent_sync::ledger {

/// Where there is room for nameless files.
struct Workspace {
  std::string directory;
  std::string name;  ///< for people, after "no space is left"
};

}  // namespace consent_sync::ledger
