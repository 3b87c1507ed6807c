#include "json_writer.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "utf8.hpp"

namespace consent_sync::report {

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char c : clean_utf8(text)) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  return json + '"';
}

void JsonWriter::text(std::string_view key, std::string_view value) {
  member(key);
  json_ += json_text(value);
}

void JsonWriter::number(std::string_view key, std::uint64_t value) {
  member(key);
  json_ += fmt::format("{}", value);
}

void JsonWriter::decimal(std::string_view key, double value) {
  member(key);
  json_ += fmt::format("{}", std::round(value * 1000) / 1000);
}

void JsonWriter::precise(std::string_view key, double value) {
  member(key);
  json_ += fmt::format("{}", std::round(value * 1e6) / 1e6);
}

void JsonWriter::flag(std::string_view key, bool value) {
  member(key);
  json_ += value ? "true" : "false";
}

void JsonWriter::null(std::string_view key) {
  member(key);
  json_ += "null";
}

void JsonWriter::begin(std::string_view key) {
  member(key);
  json_ += '{';
  ++depth_;
  first_ = true;
}

void JsonWriter::end() {
  --depth_;
  line();
  json_ += '}';
  first_ = false;
}

std::string JsonWriter::finish() {
  end();
  json_ += '\n';
  return std::move(json_);
}

void JsonWriter::begin_array(std::string_view key) {
  member(key);
  json_ += '[';
  ++depth_;
  first_ = true;
}

void JsonWriter::begin_item() {
  next();
  json_ += '{';
  ++depth_;
  first_ = true;
}

void JsonWriter::end_array() {
  --depth_;
  if (!first_) line();
  json_ += ']';
  first_ = false;
}

void JsonWriter::next() {
  if (!first_) json_ += ',';
  first_ = false;
  line();
}

void JsonWriter::member(std::string_view key) {
  next();
  json_ += json_text(key) + ": ";
}

void JsonWriter::line() {
  json_ += '\n' + std::string(2 * depth_, ' ');
}

}  // namespace consent_sync::report
