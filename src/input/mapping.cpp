#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "mapping_node.hpp"
#include "mapping_sections.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

constexpr const char* root_name = "the mapping";

void require_known_sections(const YAML::Node& root) {
  require_keys(root, root_name,
               {"customer", "decided_at", "decisions", "only_if", "values", "categories", "optional",
                "inverted", "ignored", "absent"});
}

// A section that is empty is one that is not there: "decided_at: ~" takes a preset's away.
YAML::Node section(const YAML::Node& root, const char* name) {
  const YAML::Node node = root[name];
  return node && !node.IsNull() ? node : YAML::Node(YAML::NodeType::Undefined);
}

Mapping read_sections(const YAML::Node& root) {
  require_known_sections(root);
  Mapping mapping;
  if (const YAML::Node node = section(root, "customer")) read_customer(node, mapping);
  if (const YAML::Node node = section(root, "decided_at")) read_decided_at(node, mapping);
  if (const YAML::Node node = section(root, "decisions")) read_decisions(node, mapping);
  if (const YAML::Node node = section(root, "only_if")) read_conditions(node, mapping);
  if (const YAML::Node node = section(root, "values")) {
    read_values(node, mapping);
  } else {
    use_usual_words(mapping);
  }
  if (const YAML::Node node = section(root, "categories")) read_categories(node, mapping);
  if (const YAML::Node node = section(root, "ignored")) mapping.ignored = scalars_of(node, "ignored");
  if (const YAML::Node node = section(root, "absent")) read_absent(node, mapping);
  return mapping;
}

void require_whole(const YAML::Node& root, const Mapping& mapping) {
  if (!section(root, "customer")) {
    throw MappingError(
        0, "customer is not set: name the field of the customer's id, as in customer: {id: customer_id}");
  }
  if (!section(root, "categories")) {
    throw MappingError(
        0,
        "categories is not set: say which of the input's categories make essential, functional, "
        "analytics and targeting");
  }
  for (const std::string& name : mapping.ignored) {
    if (std::find(mapping.parts.begin(), mapping.parts.end(), name) != mapping.parts.end()) {
      throw MappingError(line_of(section(root, "ignored")),
                         fmt::format("{} is under ignored and under categories", name));
    }
  }
  using Form = DecisionFields::Form;
  const Form form = mapping.decisions.form;
  const bool is_keyed = form == Form::object || form == Form::pairs;
  for (const Condition& condition : mapping.only_if) {
    if (!condition.field && !is_keyed) {
      throw MappingError(line_of(section(root, "only_if")),
                         "only_if has a key, which needs decisions by object or pairs");
    }
  }
}

YAML::Node load(const std::string& yaml) {
  if (const std::string_view damage = damage_of(yaml); !damage.empty()) {
    throw MappingError(0, fmt::format("the mapping is no text: {}", damage));
  }
  try {
    YAML::Node root = YAML::Load(yaml);
    return root.IsNull() ? YAML::Node(YAML::NodeType::Map) : root;
  } catch (const YAML::Exception& problem) {
    throw MappingError(problem.mark.line + 1, fmt::format("not valid YAML: {}", problem.msg));
  }
}

void lay_flat(YAML::Node node) {
  if (!node.IsMap() && !node.IsSequence()) return;
  node.SetStyle(YAML::EmitterStyle::Flow);
  for (auto entry : node) lay_flat(node.IsMap() ? entry.second : static_cast<YAML::Node>(entry));
}

}  // namespace

Mapping read_mapping(const std::string& yaml) {
  const YAML::Node root = load(yaml);
  try {
    Mapping mapping = read_sections(root);
    require_whole(root, mapping);
    if (const YAML::Node node = section(root, "optional")) read_optional(node, mapping);
    if (const YAML::Node node = section(root, "inverted")) read_inverted(node, mapping);
    return mapping;
  } catch (const YAML::Exception& problem) {
    throw MappingError(problem.mark.line + 1, problem.msg);
  }
}

void check_mapping_part(const YAML::Node& node) {
  try {
    read_sections(node);
  } catch (const YAML::Exception& problem) {
    throw MappingError(problem.mark.line + 1, problem.msg);
  }
}

std::string overlay_mapping(const std::string& base, const std::string& over) {
  YAML::Node merged = load(base);
  const YAML::Node upper = load(over);
  require_known_sections(merged);
  require_known_sections(upper);
  for (const auto& entry : upper) {
    const std::string name = entry.first.Scalar();
    if (name == "categories" && merged[name].IsMap() && entry.second.IsMap()) {
      for (const auto& category : entry.second) merged[name][category.first.Scalar()] = category.second;
    } else {
      merged[name] = entry.second;
    }
  }
  lay_flat(merged);
  YAML::Emitter text;
  text << merged;
  return text.c_str();
}

}  // namespace consent_sync::input
