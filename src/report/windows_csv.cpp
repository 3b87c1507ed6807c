#include "windows_csv.hpp"

#include <fmt/format.h>

namespace consent_sync::report {

std::string windows_csv_line(const ledger::WindowUse& use) {
  return fmt::format("{},{},{},{},{},{},{},{}\n",
                     consent::to_rfc3339(std::chrono::floor<std::chrono::milliseconds>(use.begin)),
                     use.length.count(), use.quota, use.budget, use.used, use.throttled, use.others,
                     use.whole ? "true" : "false");
}

}  // namespace consent_sync::report
