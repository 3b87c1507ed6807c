#pragma once

#include <string>
#include <string_view>

#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

inline constexpr std::string_view windows_csv_header =
    "begin,length_ms,quota,budget,used,throttled,others,whole\n";

/// The line of windows.csv for a window of the store's quota, with its line end.
std::string windows_csv_line(const ledger::WindowUse& use);

}  // namespace consent_sync::report
