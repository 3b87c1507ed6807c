#pragma once

#include <string>

#include "report_data.hpp"

namespace consent_sync::report {

/// The text of summary.md: the report in short, as Markdown to be pasted into a ticket. Nothing that comes
/// from the data is markup in it.
std::string summary_md(const ReportData& data);

}  // namespace consent_sync::report
