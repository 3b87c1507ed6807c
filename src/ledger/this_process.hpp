#pragma once

#include <string>

namespace consent_sync::ledger {

/// For people who ask who holds a store: "process 4711 on host web1".
std::string describe_this_process();

}  // namespace consent_sync::ledger
