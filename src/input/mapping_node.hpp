#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/input/mapping.hpp>

namespace consent_sync::input {

/// The line of a node, from 1; 0 if it is not known.
int line_of(const YAML::Node& node);

[[noreturn]] void fail_mapping(const YAML::Node& node, const std::string& sentence);

/// The one value of `key`.
std::string scalar_of(const YAML::Node& node, std::string_view key);

/// The values of `key`: a list, or one value.
std::vector<std::string> scalars_of(const YAML::Node& node, std::string_view key);

bool flag_of(const YAML::Node& node, std::string_view key);

/// `key` is a map with no other keys than these, none of them twice.
void require_keys(const YAML::Node& node, std::string_view key,
                  std::initializer_list<std::string_view> known);

}  // namespace consent_sync::input
