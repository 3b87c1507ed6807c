#pragma once

#include <string>

#include "report_data.hpp"

namespace consent_sync::report {

/// The text of report.html.
std::string report_page(const ReportData& data);

}  // namespace consent_sync::report
