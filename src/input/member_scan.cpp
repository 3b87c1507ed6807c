#include "member_scan.hpp"

#include <algorithm>

#include "json_value.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

constexpr std::string_view json_blanks = " \t\r\n";

/// The string whose opening quotation mark stands at `begin`, with both marks; nothing if it is not closed.
std::optional<std::string_view> string_at(std::string_view document, std::size_t begin) {
  for (std::size_t at = begin + 1; at < document.size(); ++at) {
    if (document[at] == '\\') {
      ++at;
    } else if (document[at] == '"') {
      return document.substr(begin, at + 1 - begin);
    }
  }
  return std::nullopt;
}

std::string_view without_marks(std::string_view string) {
  return string.substr(1, string.size() - 2);
}

/// What follows a key that ends at `at`. A number must have an end: it may have been cut off.
std::optional<std::string_view> value_behind(std::string_view document, std::size_t at) {
  at = document.find_first_not_of(json_blanks, at);
  if (at == std::string_view::npos || document[at] != ':') return std::nullopt;
  at = document.find_first_not_of(json_blanks, at + 1);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view value;
  if (document[at] == '"') {
    const auto string = string_at(document, at);
    if (string) value = without_marks(*string);
  } else {
    const std::size_t end = document.find_first_of(" \t\r\n,]}", at);
    if (end != std::string_view::npos) value = document.substr(at, end - at);
  }
  const bool is_plain = !value.empty() && value.find('\\') == std::string_view::npos;
  return is_plain && damage_of(value).empty() ? std::optional(value) : std::nullopt;
}

}  // namespace

MemberScan::MemberScan(const std::string& name) {
  const std::string whole = lower(to_pointer(name));
  for (std::string_view rest = whole; !rest.empty();) {
    const std::string_view step = rest.substr(0, rest.find('/', 1));
    path_.push_back(unescaped_step(step.substr(1)));
    rest.remove_prefix(step.size());
  }
}

std::optional<std::string_view> MemberScan::value_in(std::string_view document) {
  if (path_.empty()) return std::nullopt;
  const auto value = value_in_place(document);
  return value ? value : value_anywhere(document);
}

std::optional<std::string_view> MemberScan::value_in_place(std::string_view document) {
  containers_.clear();
  std::string_view last;  // the last string: a key, if it is before a container
  for (std::size_t at = 0; at < document.size(); ++at) {
    const char c = document[at];
    if (c == '"') {
      const auto string = string_at(document, at);
      if (!string) return std::nullopt;
      at += string->size() - 1;
      last = without_marks(*string);
      if (!is_in_place(last)) continue;
      if (const auto value = value_behind(document, at + 1)) return value;
    } else if (c == '{' || c == '[') {
      containers_.push_back(last);
      last = {};
    } else if (c == '}' || c == ']') {
      if (!containers_.empty()) containers_.pop_back();
    } else if (c == ',') {
      last = {};
    }
  }
  return std::nullopt;
}

bool MemberScan::is_in_place(std::string_view key) const {
  if (containers_.size() != path_.size() || !equals_ignoring_case(key, path_.back())) return false;
  return std::equal(containers_.begin() + 1, containers_.end(), path_.begin(), equals_ignoring_case);
}

// A quotation mark amiss makes keys of what is between them.
std::optional<std::string_view> MemberScan::value_anywhere(std::string_view document) const {
  const std::string key = '"' + path_.back() + '"';
  std::optional<std::string_view> found;
  for (std::size_t at = document.find('"'); at != std::string_view::npos; at = document.find('"', at + 1)) {
    if (at > 0 && document[at - 1] == '\\') continue;
    if (!equals_ignoring_case(document.substr(at, key.size()), key)) continue;
    const auto value = value_behind(document, at + key.size());
    if (value && found && *found != *value) return std::nullopt;
    if (value) found = value;
  }
  return found;
}

}  // namespace consent_sync::input
