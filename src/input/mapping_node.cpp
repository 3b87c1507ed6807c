#include "mapping_node.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace consent_sync::input {

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

void fail_mapping(const YAML::Node& node, const std::string& sentence) {
  throw MappingError(line_of(node), sentence);
}

std::string scalar_of(const YAML::Node& node, std::string_view key) {
  if (!node.IsScalar()) fail_mapping(node, fmt::format("{} takes one value", key));
  return node.Scalar();
}

std::vector<std::string> scalars_of(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar()) return {node.Scalar()};
  if (!node.IsSequence()) fail_mapping(node, fmt::format("{} takes a list: [a, b]", key));
  std::vector<std::string> values;
  for (const YAML::Node& item : node) {
    // An empty entry is more likely a slip than the empty value.
    if (!item.IsScalar())
      fail_mapping(item, fmt::format("{} takes single values; the empty one is written \"\"", key));
    values.push_back(item.Scalar());
  }
  return values;
}

bool flag_of(const YAML::Node& node, std::string_view key) {
  const std::string text = scalar_of(node, key);
  if (text != "true" && text != "false") fail_mapping(node, fmt::format("{} is true or false", key));
  return text == "true";
}

void require_keys(const YAML::Node& node, std::string_view key,
                  std::initializer_list<std::string_view> known) {
  if (!node.IsMap()) fail_mapping(node, fmt::format("{} takes \"key: value\" lines, indented below it", key));
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string name = entry.first.Scalar();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail_mapping(entry.first,
                   fmt::format("{} has no key {}; it has {}", key, name, fmt::join(known, ", ")));
    }
    if (!seen.insert(name).second)
      fail_mapping(entry.first, fmt::format("{} has the key {} twice", key, name));
  }
}

}  // namespace consent_sync::input
