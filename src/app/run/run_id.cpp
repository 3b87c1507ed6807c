#include "run_id.hpp"

#include <chrono>

namespace consent_sync::app {

ledger::RunId make_run_id(consent::Timestamp now, const std::string& uuid) {
  std::string id = consent::to_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
  std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
  return id + '-' + uuid.substr(0, 6);
}

}  // namespace consent_sync::app
