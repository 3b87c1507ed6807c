#include "mapping_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "decision_words.hpp"
#include "text.hpp"
#include "time_format.hpp"

namespace consent_sync::input {
namespace {

using consent::Category;
using consent::Composition;
using consent::Decision;
using consent::Part;

Part part_of(const std::string& name, Mapping& mapping) {
  const auto found = std::find(mapping.parts.begin(), mapping.parts.end(), name);
  if (found != mapping.parts.end()) return static_cast<Part>(found - mapping.parts.begin());
  mapping.parts.push_back(name);
  mapping.inverted.push_back(false);
  mapping.composition.parts = static_cast<Part>(mapping.parts.size());
  return mapping.composition.parts - 1;
}

void require_fewer_parts(const YAML::Node& node, const Mapping& mapping) {
  constexpr std::size_t most = 4096;
  if (mapping.parts.size() > most)
    fail_mapping(node, fmt::format("categories names more than {} sources", most));
}

Composition::Recipe recipe_of(const YAML::Node& node, const std::string& category, Mapping& mapping) {
  Composition::Recipe recipe;
  std::vector<std::string> names;
  if (node.IsMap()) {
    require_keys(node, category, {"all", "any"});
    if (node.size() != 1) fail_mapping(node, fmt::format("{} takes either all or any", category));
    recipe.rule = node["all"] ? Composition::Rule::all : Composition::Rule::any;
    names = scalars_of(node["all"] ? node["all"] : node["any"], category);
  } else {
    names = scalars_of(node, category);
    if (names.size() > 1) {
      fail_mapping(
          node, fmt::format("{} has several sources: say whether all of them must allow it, {{all: [...]}}, "
                            "or any, {{any: [...]}}",
                            category));
    }
  }
  if (names.empty()) fail_mapping(node, fmt::format("{} has no source", category));
  for (const std::string& name : names) {
    const Part part = part_of(name, mapping);
    const auto same = [part](const Composition::Source& source) { return source.part == part; };
    if (std::any_of(recipe.sources.begin(), recipe.sources.end(), same)) {
      fail_mapping(node, fmt::format("{} names {} twice", category, name));
    }
    recipe.sources.push_back({part, false});
  }
  return recipe;
}

/// The parts that a section names; each must be one.
std::vector<Part> parts_named(const YAML::Node& node, std::string_view section, const Mapping& mapping) {
  std::vector<Part> parts;
  for (const std::string& name : scalars_of(node, section)) {
    const auto found = std::find(mapping.parts.begin(), mapping.parts.end(), name);
    if (found == mapping.parts.end()) {
      fail_mapping(node, fmt::format("{} names {}, which no category has as its source", section, name));
    }
    parts.push_back(static_cast<Part>(found - mapping.parts.begin()));
  }
  return parts;
}

}  // namespace

Field field_of(const YAML::Node& node, std::string_view key) {
  const std::string text = scalar_of(node, key);
  const std::size_t mark = text.find("#/");
  Field field{text.substr(0, mark), mark == std::string::npos ? "" : text.substr(mark + 1)};
  if (field.name.empty()) fail_mapping(node, fmt::format("{} names no field", key));
  const std::string name = lower(field.name);
  if (name == "reason" || name == "/reason") {
    fail_mapping(node,
                 fmt::format("{} names a field reason, in which a report's rejected rows have ours: give it "
                             "another name in the input",
                             key));
  }
  return field;
}

void read_customer(const YAML::Node& node, Mapping& mapping) {
  require_keys(node, "customer", {"id", "email", "id_or_email"});
  if (node.size() != 1) fail_mapping(node, "customer takes either id or email (or id_or_email)");
  const std::string key = node.begin()->first.as<std::string>();
  mapping.key = key == "id"      ? Mapping::Key::id
                : key == "email" ? Mapping::Key::email
                                 : Mapping::Key::id_or_email;
  mapping.customer = field_of(node[key], "customer." + key);
}

void read_decided_at(const YAML::Node& node, Mapping& mapping) {
  TimeField time;
  if (node.IsScalar()) {
    time.field = field_of(node, "decided_at");
    time.formats = {"rfc3339"};
  } else {
    require_keys(node, "decided_at", {"from", "formats", "zone"});
    if (!node["from"]) fail_mapping(node, "decided_at has no from: name its field");
    time.field = field_of(node["from"], "decided_at.from");
    time.formats = node["formats"] ? scalars_of(node["formats"], "decided_at.formats")
                                   : std::vector<std::string>{"rfc3339"};
    if (node["zone"]) time.zone = scalar_of(node["zone"], "decided_at.zone");
    if (time.formats.empty()) fail_mapping(node, "decided_at.formats is empty");
  }
  try {
    TimeReader{time.formats, time.zone};
  } catch (const std::invalid_argument& problem) {
    fail_mapping(node, fmt::format("decided_at: {}", problem.what()));
  }
  mapping.decided_at = time;
}

void use_usual_words(Mapping& mapping) {
  for (const DecisionWord& word : decision_words) {
    (word.decision == Decision::allow ? mapping.allow_words : mapping.deny_words).emplace_back(word.word);
  }
  mapping.unspecified_words = {""};
}

void read_values(const YAML::Node& node, Mapping& mapping) {
  require_keys(node, "values", {"allow", "deny", "unspecified"});
  std::map<std::string, std::string> seen;
  const auto read = [&](const char* name, std::vector<std::string>& words) {
    if (!node[name]) return;
    for (const std::string& word : scalars_of(node[name], fmt::format("values.{}", name))) {
      const auto [other, fresh] = seen.emplace(lower(trim(word)), name);
      if (!fresh)
        fail_mapping(node[name],
                     fmt::format("\"{}\" is under values.{} and values.{}", word, other->second, name));
      words.push_back(lower(trim(word)));
    }
  };
  read("allow", mapping.allow_words);
  read("deny", mapping.deny_words);
  read("unspecified", mapping.unspecified_words);
  // What is empty decides nothing, unless it is said to.
  if (!seen.contains("")) mapping.unspecified_words.emplace_back();
}

void read_categories(const YAML::Node& node, Mapping& mapping) {
  require_keys(node, "categories", {"essential", "functional", "analytics", "targeting"});
  for (const Category category : consent::all_categories) {
    const std::string name(consent::to_string(category));
    if (!node[name]) continue;
    mapping.composition.recipes[static_cast<std::size_t>(category)] =
        recipe_of(node[name], fmt::format("categories.{}", name), mapping);
    require_fewer_parts(node, mapping);
  }
  if (mapping.parts.empty()) fail_mapping(node, "categories is empty");
}

void read_absent(const YAML::Node& node, Mapping& mapping) {
  const std::string word = scalar_of(node, "absent");
  if (word != "deny" && word != "unspecified") fail_mapping(node, "absent is deny or unspecified");
  mapping.composition.absent = word == "deny" ? Decision::deny : Decision::unspecified;
}

void read_optional(const YAML::Node& node, Mapping& mapping) {
  for (const Part part : parts_named(node, "optional", mapping)) {
    for (Composition::Recipe& recipe : mapping.composition.recipes) {
      for (Composition::Source& source : recipe.sources)
        source.optional = source.optional || source.part == part;
    }
  }
}

void read_inverted(const YAML::Node& node, Mapping& mapping) {
  for (const Part part : parts_named(node, "inverted", mapping)) mapping.inverted[part] = true;
}

}  // namespace consent_sync::input
