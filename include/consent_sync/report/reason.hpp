#pragma once

#include <string>
#include <string_view>

namespace consent_sync::report {

/// The reason of a row or a run without what the input or the store wrote: what it has in double quotes
/// becomes "…". A quotation mark behind a backslash closes none.
std::string without_values(std::string_view reason);

/// The same, but the store's own words stay, without what these have in double quotes.
std::string without_input_values(std::string_view reason);

}  // namespace consent_sync::report
