#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace consent_sync::report {

/// The text as a JSON string, in its quotes; U+FFFD where it is not UTF-8.
std::string json_text(std::string_view text);

/// Writes one JSON object, member by member, indented. Keys are the program's own words.
class JsonWriter {
 public:
  JsonWriter() : json_("{") {}

  /// Text that is not UTF-8 gets U+FFFD where it is not.
  void text(std::string_view key, std::string_view value);
  void number(std::string_view key, std::uint64_t value);
  /// A finite number, to three decimals.
  void decimal(std::string_view key, double value);
  /// A share: a finite number, to six decimals.
  void precise(std::string_view key, double value);
  void flag(std::string_view key, bool value);
  void null(std::string_view key);

  void begin(std::string_view key);
  void end();

  /// Closes the object. The writer is used up.
  std::string finish();

 private:
  void member(std::string_view key);
  void line();

  std::string json_;
  std::size_t depth_ = 1;
  bool first_ = true;
};

}  // namespace consent_sync::report
