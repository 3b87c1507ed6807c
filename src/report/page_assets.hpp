#pragma once

#include <string_view>

namespace consent_sync::report {

/// report.html.in: the page, with {{name}} where a fragment goes.
extern const std::string_view page_template;
/// report.css.
extern const std::string_view page_style;

}  // namespace consent_sync::report
