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
  /// An array of objects: each is between begin_item() and end().
  void begin_array(std::string_view key);
  void begin_item();
  void end_array();

  /// Closes the object. The writer is used up.
  std::string finish();

 private:
  void member(std::string_view key);
  void next();
  void line();

  std::string json_;
  std::size_t depth_ = 1;
  bool first_ = true;
};

}  // namespace consent_sync::report
