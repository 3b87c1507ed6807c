#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::report {

/// One cell, quoted if RFC 4180 asks for it, or if it holds what a spreadsheet may take for the end of a
/// cell.
std::string csv_cell(std::string_view text, char delimiter = ',');

/// The text with an apostrophe before it if a spreadsheet program would take it for a formula; also if it has
/// such an apostrophe already, so that the reader of rejected.csv can take one away again from each.
std::string inert(std::string_view text);

/// One cell of text that is for people and may come from others: on one line, and inert.
std::string csv_text_cell(std::string_view text, char delimiter = ',');

/// The cells of an RFC 4180 line with ',', without their quotes. A quote that is left open (the line was cut)
/// ends with the line.
std::vector<std::string> split_csv_line(std::string_view line);

}  // namespace consent_sync::report
