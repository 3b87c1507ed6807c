#pragma once

#include <string_view>

namespace consent_sync::report {

/// report.html.in: the page, with {{name}} where a fragment goes.
extern const std::string_view page_template;
/// stores.html.in: the same of the report over many stores.
extern const std::string_view stores_template;
/// report.css.
extern const std::string_view page_style;
/// report.js.
extern const std::string_view page_script;

}  // namespace consent_sync::report
