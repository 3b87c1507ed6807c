#include <consent_sync/store/exchange.hpp>

namespace consent_sync::store {

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::resolve:
      return "resolve";
    case Phase::connect:
      return "connect";
    case Phase::proxy:
      return "proxy";
    case Phase::handshake:
      return "handshake";
    case Phase::write:
      return "write";
    case Phase::read:
      return "read";
  }
  return "unknown";
}

}  // namespace consent_sync::store
