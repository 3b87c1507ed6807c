#pragma once

#include <consent_sync/input/reader.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "byte_source.hpp"

namespace consent_sync::input {

/// The byte order mark of UTF-8.
inline constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

/// The content as UTF-8. What encoding it is in, is told by `declared`, or by a byte order mark. Throws
/// FileError for a mark that contradicts what is declared, for UTF-16 without either, and, as it is read, for
/// bytes that are no characters. `name`, if there, becomes the encoding's name.
std::unique_ptr<ByteSource> in_utf8(std::unique_ptr<ByteSource> source, Encoding declared,
                                    std::string* name = nullptr);

}  // namespace consent_sync::input
