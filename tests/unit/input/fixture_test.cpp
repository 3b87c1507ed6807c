#include <doctest/doctest.h>

#include <algorithm>
#include <consent_sync/input/preset.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "files.hpp"

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

/// What a fixture's .expected file asks for: settings in its first lines ("# preset: onetrust"), then one
/// line a row
/// ("3: analytics=allow") or the start of a FileError ("file: ...").
struct Expected {
  std::string preset;
  std::string mapping;
  ReaderOptions options;
  std::string text;
};

std::string slurp(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

Encoding encoding_named(const std::string& name) {
  if (name == "latin1") return Encoding::latin1;
  if (name == "windows-1252") return Encoding::windows1252;
  REQUIRE(name == "utf-16le");
  return Encoding::utf16le;
}

Expected read_expected(const std::filesystem::path& path) {
  Expected expected;
  std::istringstream lines(slurp(path));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# ")) {
      expected.text += line + '\n';
      continue;
    }
    const std::size_t colon = line.find(": ");
    const std::string name = line.substr(2, colon - 2);
    const std::string value = line.substr(colon + 2);
    if (name == "preset") expected.preset = value;
    if (name == "mapping") expected.mapping += value + '\n';
    if (name == "encoding") expected.options.encoding = encoding_named(value);
  }
  if (!expected.preset.empty())
    expected.mapping = complete_preset(find_preset(expected.preset), expected.mapping);
  if (!expected.mapping.empty()) {
    expected.options.mapping = std::make_shared<const Mapping>(read_mapping(expected.mapping));
  }
  return expected;
}

std::string described(const Row& row, const Mapping* mapping) {
  if (!row.problem.empty()) return "invalid: " + row.problem;
  const std::string who = row.record ? std::to_string(row.record->customer.value()) : row.by_email->email;
  const consent::Choice choice = row.record ? row.record->choice : row.by_email->choice;
  const auto part = row.record ? row.record->part : row.by_email->part;
  const auto time = row.record ? row.record->decided_at : row.by_email->decided_at;
  std::string text = who + " " + to_string(choice);
  if (part) text += " by " + (*part == consent::no_part ? "nothing" : mapping->parts[*part]);
  if (time) text += " at " + consent::to_rfc3339(*time);
  return text;
}

std::string what_it_gives(const std::filesystem::path& path, const Expected& expected) {
  std::string text;
  try {
    const auto reader = open_reader(path.string(), expected.options);
    for (const Row& row : read_all(*reader)) {
      text += std::to_string(row.line) + ": " + described(row, expected.options.mapping.get()) + '\n';
    }
  } catch (const FileError& error) {
    std::string sentence = error.what();
    const std::string name = path.string();
    for (std::size_t at = sentence.find(name); at != std::string::npos; at = sentence.find(name))
      sentence.erase(at, name.size());
    text += "file: " + sentence + '\n';
  }
  return text;
}

void check_fixtures(const std::string& directory, std::set<std::string>& presets) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(FIXTURES) / directory)) {
    if (entry.path().extension() == ".expected") continue;
    ++count;
    CAPTURE(entry.path().filename());
    const Expected expected = read_expected(entry.path().string() + ".expected");
    presets.insert(expected.preset);
    CHECK(what_it_gives(entry.path(), expected) == expected.text);
  }
  CHECK(count > 0);
}

}  // namespace

TEST_CASE("each preset reads its platform's real shape, and each has a fixture") {
  std::set<std::string> presets;
  check_fixtures("presets", presets);
  for (const std::string_view name : preset_names()) {
    CAPTURE(name);
    CHECK(presets.contains(std::string(name)));
  }
}

TEST_CASE("each hazard is read rightly, or refused with its reason") {
  std::set<std::string> presets;
  check_fixtures("hazards", presets);
}
