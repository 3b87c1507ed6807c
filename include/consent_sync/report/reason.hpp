#pragma once

#include <string>
#include <string_view>

namespace consent_sync::report {

/// The reason of a row without what the input or the store wrote: what it has in double quotes becomes "…".
std::string without_values(std::string_view reason);

}  // namespace consent_sync::report
