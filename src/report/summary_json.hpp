#pragma once

#include <string>

#include "report_data.hpp"

namespace consent_sync::report {

/// The text of summary.json, as docs/summary.schema.json has it. Members that have no value yet are null, not
/// left out. A change that could break a reader raises schema_version.
std::string summary_json(const ReportData& data);

}  // namespace consent_sync::report
