#pragma once

#include "mapping_node.hpp"

namespace consent_sync::input {

/// Each reads one section of a mapping's YAML. Throw MappingError with its line.
void read_customer(const YAML::Node& node, Mapping& mapping);
void read_decided_at(const YAML::Node& node, Mapping& mapping);
void read_decisions(const YAML::Node& node, Mapping& mapping);
void read_conditions(const YAML::Node& node, Mapping& mapping);
void read_values(const YAML::Node& node, Mapping& mapping);
void read_categories(const YAML::Node& node, Mapping& mapping);
void read_absent(const YAML::Node& node, Mapping& mapping);

/// After the categories: these name some of the parts.
void read_optional(const YAML::Node& node, Mapping& mapping);
void read_inverted(const YAML::Node& node, Mapping& mapping);

/// The words of the canonical form (yes, no, true, ...), where a mapping has none of its own.
void use_usual_words(Mapping& mapping);

/// "name" or "name#/json/pointer".
Field field_of(const YAML::Node& node, std::string_view key);

}  // namespace consent_sync::input
