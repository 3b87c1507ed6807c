#pragma once

#include <string_view>

#include "html.hpp"

namespace consent_sync::report {

/// A name and its value, for a <dl>.
void add_fact(Html& html, std::string_view name, std::string_view value);
/// The same for what is to be copied.
void add_code_fact(Html& html, std::string_view name, std::string_view value);

}  // namespace consent_sync::report
