#pragma once

#include <string_view>

namespace consent_sync::store {

/// What is sent to this host does not leave the machine: "localhost", 127.0.0.0/8 or ::1.
bool is_loopback(std::string_view host);

}  // namespace consent_sync::store
