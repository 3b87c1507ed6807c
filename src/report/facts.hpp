#pragma once

#include <string_view>

#include "html.hpp"
#include "verdict.hpp"

namespace consent_sync::report {

/// A name and its value, for a <dl>.
void add_fact(Html& html, std::string_view name, std::string_view value);
/// The same for what is to be copied.
void add_code_fact(Html& html, std::string_view name, std::string_view value);

/// Why a run ended as it did, as a paragraph; nothing if there is no more to say.
Html detail_of(const Verdict& verdict);

}  // namespace consent_sync::report
