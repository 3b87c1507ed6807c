#include <fmt/format.h>

#include <algorithm>
#include <consent_sync/consent/record.hpp>

#include "encoded_text.hpp"
#include "json_memory.hpp"
#include "json_value.hpp"
#include "mapped_row.hpp"
#include "tc_string.hpp"
#include "text.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;
using consent::Decision;

namespace {

/// Calls `visit` with each piece between the separators, without the spaces around it.
template <class Visit>
void for_each_piece(std::string_view text, std::string_view separators, Visit visit) {
  for (;;) {
    const std::size_t end = text.find_first_of(separators);
    visit(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// Of a JavaScript or JSON object, what is between its braces.
std::string_view without_braces(std::string_view text) {
  text = trim(text);
  const bool braced = text.size() >= 2 && text.front() == '{' && text.back() == '}';
  return braced ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

void MappedRow::pairs(std::string_view text) {
  const DecisionFields& form = mapping_.decisions;
  if (trim(text).empty()) return;
  decisions_given_ = true;
  std::optional<std::string> decoded{std::string(text)};
  if (!form.form_key.empty()) decoded = form_value(text, form.form_key);
  if (decoded && form.percent_encoded) decoded = percent_decoded(*decoded, false);
  if (!decoded) {
    return refuse(form.form_key.empty()
                      ? fmt::format("{} is not percent-encoded as it should be", shown(form.field->name))
                      : fmt::format("{} has no {}=..., or has it damaged or twice", shown(form.field->name),
                                    form.form_key));
  }
  if (!damage_of(*decoded).empty())
    return refuse(fmt::format("{} decodes to no text", shown(form.field->name)));
  for_each_piece(without_braces(*decoded), {&form.between, 1}, [&](std::string_view piece) { pair(piece); });
}

void MappedRow::pair(std::string_view text) {
  if (text.empty()) return;  // a separator at the end
  const std::size_t middle = text.find(mapping_.decisions.within);
  if (middle == std::string_view::npos) {
    return refuse(fmt::format("{} holds {}, which is no pair with a {}",
                              shown(mapping_.decisions.field->name), shown(text), mapping_.decisions.within));
  }
  say(unquoted(trim(text.substr(0, middle))), unquoted(trim(text.substr(middle + 1))));
}

void MappedRow::say(std::string_view category, std::string_view value) {
  bool is_condition = false;
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    if (mapping_.only_if[i].field || mapping_.only_if[i].key != category) continue;
    conditions_[i] = value;
    is_condition = true;
  }
  if (is_condition && parts_.find(category) == nullptr) return;
  std::string problem;
  note(parts_.say(category, value, problem), problem);
}

void MappedRow::list(Decision decision, std::string_view text) {
  decisions_given_ = true;
  if (trim(text).starts_with('[')) {
    dom::element names;
    if (fault_of_text(inner_.parse(text.data(), text.size()).get(names)) || !names.is_array()) {
      return refuse(fmt::format("{} is no list of categories", shown(text)));
    }
    return list(decision, names);
  }
  for_each_piece(text, "|;,", [&](std::string_view name) {
    if (!name.empty()) list_item(decision, unquoted(name));
  });
}

void MappedRow::list(Decision decision, dom::element names) {
  decisions_given_ = true;
  dom::array array;
  if (names.get_array().get(array)) return;
  for (const dom::element name : array) {
    const std::optional<std::string> text = text_of(name);
    if (!text) return refuse("a list of categories holds more than their names");
    list_item(decision, *text);
  }
}

void MappedRow::list_item(Decision decision, std::string_view name) {
  std::string problem;
  note(parts_.list(name, decision, problem), problem);
}

void MappedRow::object(dom::element value) {
  decisions_given_ = true;
  dom::object members;
  if (value.get_object().get(members)) return;
  for (const dom::key_value_pair member : members) {
    const std::optional<std::string> text = text_of(member.value);
    const consent::Part* const part = parts_.find(member.key);
    if (text) {
      say(member.key, *text);
    } else if (part == nullptr || *part != consent::no_part) {
      refuse(fmt::format("{} is an object or a list, not a single value", shown(member.key)));
    }
  }
}

void MappedRow::entries(dom::element value) {
  decisions_given_ = true;
  dom::array array;
  if (value.get_array().get(array)) return;
  for (const dom::element entry : array) {
    const auto category = value_at(entry, mapping_.decisions.category);
    const auto decision = value_at(entry, mapping_.decisions.value);
    const std::optional<std::string> name = category ? text_of(*category) : std::nullopt;
    const std::optional<std::string> text = decision ? text_of(*decision) : std::optional<std::string>("");
    if (!name || !text)
      return refuse(fmt::format("an entry of {} has no category, or no single value",
                                shown(mapping_.decisions.field->name)));
    say(*name, *text);
  }
}

void MappedRow::tcf(std::string_view text) {
  if (text.empty()) return;
  decisions_given_ = true;
  std::string problem;
  const std::optional<TcString> decoded = decode_tc_string(text, problem);
  if (!decoded) return refuse(std::move(problem));
  for (unsigned purpose = 1; purpose <= tc_purposes; ++purpose) {
    const std::string name = std::to_string(purpose);
    const consent::Part* const part = parts_.find(name);
    const bool consents = decoded->consents_to(purpose);
    if (part == nullptr && consents)
      return refuse(
          fmt::format("it consents to purpose {}, which has no place in the mapping; put it under categories "
                      "or under ignored",
                      name));
    if (part != nullptr) parts_.list(name, consents ? Decision::allow : Decision::deny, problem);
  }
}

}  // namespace consent_sync::input
