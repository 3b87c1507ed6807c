#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::report {

/// One cell, quoted if RFC 4180 asks for it.
std::string csv_cell(std::string_view text);

/// One cell of text that is for people and may come from others: on one line, and made inert with a leading
/// apostrophe if a spreadsheet program would take it for a formula.
std::string csv_text_cell(std::string_view text);

/// The cells of an RFC 4180 line with ',', each as it stands there, quotes included. A quote that is left
/// open (the line was cut) is closed.
std::vector<std::string> split_csv_line(std::string_view line);

}  // namespace consent_sync::report
