#include <fmt/format.h>

#include "mapping_sections.hpp"

namespace consent_sync::input {
namespace {

using Form = DecisionFields::Form;

YAML::Node required(const YAML::Node& node, const char* section, const char* key) {
  if (!node[key]) fail_mapping(node, fmt::format("{} has no {}", section, key));
  return node[key];
}

char separator_of(const YAML::Node& node, const char* key) {
  const std::string text = scalar_of(node, key);
  if (text.size() != 1) fail_mapping(node, fmt::format("{} is one character", key));
  return text.front();
}

void read_pairs(const YAML::Node& node, DecisionFields& decisions) {
  decisions.form = Form::pairs;
  if (node.IsScalar()) {
    decisions.field = field_of(node, "decisions.pairs");
    return;
  }
  require_keys(node, "decisions.pairs", {"field", "form_key", "percent_encoded", "between", "within"});
  decisions.field = field_of(required(node, "decisions.pairs", "field"), "decisions.pairs.field");
  if (node["form_key"]) decisions.form_key = scalar_of(node["form_key"], "decisions.pairs.form_key");
  if (node["percent_encoded"])
    decisions.percent_encoded = flag_of(node["percent_encoded"], "decisions.pairs.percent_encoded");
  if (node["between"]) decisions.between = separator_of(node["between"], "decisions.pairs.between");
  if (node["within"]) decisions.within = separator_of(node["within"], "decisions.pairs.within");
  if (decisions.between == decisions.within)
    fail_mapping(node, "decisions.pairs has the same character between and within pairs");
}

void read_object(const YAML::Node& node, DecisionFields& decisions) {
  decisions.form = Form::object;
  if (node.IsScalar()) {
    decisions.field = field_of(node, "decisions.object");
    return;
  }
  require_keys(node, "decisions.object", {"field", "percent_encoded"});
  decisions.field = field_of(required(node, "decisions.object", "field"), "decisions.object.field");
  if (node["percent_encoded"]) {
    decisions.percent_encoded = flag_of(node["percent_encoded"], "decisions.object.percent_encoded");
  }
}

void read_lists(const YAML::Node& node, DecisionFields& decisions) {
  decisions.form = Form::lists;
  require_keys(node, "decisions.lists", {"allow", "deny"});
  if (node["allow"]) decisions.field = field_of(node["allow"], "decisions.lists.allow");
  if (node["deny"]) decisions.second = field_of(node["deny"], "decisions.lists.deny");
  if (!decisions.field && !decisions.second) fail_mapping(node, "decisions.lists has neither allow nor deny");
}

std::string pointer_of(const YAML::Node& node, const char* key) {
  std::string text = scalar_of(node, key);
  if (text.empty()) fail_mapping(node, fmt::format("{} is empty", key));
  return text.front() == '/' ? text : '/' + text;
}

void read_entries(const YAML::Node& node, DecisionFields& decisions) {
  decisions.form = Form::entries;
  require_keys(node, "decisions.entries", {"in", "category", "value"});
  decisions.field = field_of(required(node, "decisions.entries", "in"), "decisions.entries.in");
  decisions.category =
      pointer_of(required(node, "decisions.entries", "category"), "decisions.entries.category");
  decisions.value = pointer_of(required(node, "decisions.entries", "value"), "decisions.entries.value");
}

void read_rows(const YAML::Node& node, DecisionFields& decisions) {
  decisions.form = Form::rows;
  require_keys(node, "decisions.rows", {"category", "value"});
  decisions.field = field_of(required(node, "decisions.rows", "category"), "decisions.rows.category");
  decisions.second = field_of(required(node, "decisions.rows", "value"), "decisions.rows.value");
}

Condition condition_of(const YAML::Node& node) {
  require_keys(node, "only_if", {"field", "key", "is", "is_not"});
  Condition condition;
  if (node["field"].IsDefined() == node["key"].IsDefined())
    fail_mapping(node, "only_if takes either field or key");
  if (node["is"].IsDefined() == node["is_not"].IsDefined())
    fail_mapping(node, "only_if takes either is or is_not");
  if (node["field"]) condition.field = field_of(node["field"], "only_if.field");
  if (node["key"]) condition.key = scalar_of(node["key"], "only_if.key");
  condition.is_one_of = node["is"].IsDefined();
  condition.words = scalars_of(condition.is_one_of ? node["is"] : node["is_not"], "only_if");
  return condition;
}

}  // namespace

void read_decisions(const YAML::Node& node, Mapping& mapping) {
  require_keys(node, "decisions", {"object", "pairs", "lists", "entries", "rows", "tcf"});
  if (node.size() != 1)
    fail_mapping(node, "decisions takes one of object, pairs, lists, entries, rows and tcf");
  DecisionFields& decisions = mapping.decisions;
  if (const YAML::Node value = node["object"]) read_object(value, decisions);
  if (const YAML::Node value = node["tcf"]) {
    decisions.form = Form::tcf;
    decisions.field = field_of(value, "decisions.tcf");
  }
  if (const YAML::Node value = node["pairs"]) read_pairs(value, decisions);
  if (const YAML::Node value = node["lists"]) read_lists(value, decisions);
  if (const YAML::Node value = node["entries"]) read_entries(value, decisions);
  if (const YAML::Node value = node["rows"]) read_rows(value, decisions);
}

void read_conditions(const YAML::Node& node, Mapping& mapping) {
  if (!node.IsSequence()) return mapping.only_if.push_back(condition_of(node));
  for (const YAML::Node& item : node) mapping.only_if.push_back(condition_of(item));
}

}  // namespace consent_sync::input
