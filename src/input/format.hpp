#pragma once

#include <consent_sync/input/reader.hpp>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// The format that a file name tells (.csv, .tsv, .ndjson, .jsonl, before .gz or .zst); automatic if it tells
/// none.
Format format_of_name(std::string_view path);

/// The format that the start of the content tells: a JSON value, or else CSV.
Format format_of_content(std::string_view head);

/// Bytes of a UTF-8 byte order mark at the start. Throws FileError for content that is empty, or plainly of
/// another kind.
std::size_t check_start(std::string_view head, const std::string& file_name);

/// The first line that is not blank.
std::string_view first_line(std::string_view head);

}  // namespace consent_sync::input
