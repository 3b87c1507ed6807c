#include "mapped_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "customer_id_text.hpp"
#include "email_text.hpp"
#include "encoded_text.hpp"
#include "json_fault.hpp"
#include "json_memory.hpp"
#include "json_value.hpp"
#include "record_builder.hpp"
#include "text.hpp"

namespace consent_sync::input {

using consent::Decision;
using consent::Part;
using Form = DecisionFields::Form;
using Use = MappedRow::Slot::Use;
using namespace std::string_view_literals;

namespace {

// Every category that the part feeds can do without it.
bool is_optional(const Mapping& mapping, Part part) {
  for (const auto& recipe : mapping.composition.recipes) {
    for (const auto& source : recipe.sources) {
      if (source.part == part && !source.optional) return false;
    }
  }
  return true;
}

std::vector<MappedRow::Slot> slots_of(const Mapping& mapping) {
  std::vector<MappedRow::Slot> slots{{Use::customer, mapping.customer, 0, false}};
  if (mapping.decisions.form == Form::fields) {
    for (std::size_t i = 0; i < mapping.parts.size(); ++i) {
      slots.push_back({Use::part, {mapping.parts[i], ""}, i, is_optional(mapping, static_cast<Part>(i))});
      const std::size_t mark = mapping.parts[i].find("#/");
      if (mark != std::string::npos) {
        slots.back().field = {mapping.parts[i].substr(0, mark), mapping.parts[i].substr(mark + 1)};
      }
    }
  }
  if (mapping.decisions.field) slots.push_back({Use::decisions, *mapping.decisions.field, 0, false});
  if (mapping.decisions.second) slots.push_back({Use::second, *mapping.decisions.second, 0, false});
  for (std::size_t i = 0; i < mapping.only_if.size(); ++i) {
    if (mapping.only_if[i].field) slots.push_back({Use::condition, *mapping.only_if[i].field, i, false});
  }
  // Last: of a value that serves for both, what it says of decisions tells more.
  if (mapping.decided_at) slots.push_back({Use::decided_at, mapping.decided_at->field, 0, false});
  return slots;
}

}  // namespace

MappedRow::MappedRow(const Mapping& mapping)
    : mapping_(mapping), slots_(slots_of(mapping)), parts_(mapping), conditions_(mapping.only_if.size()) {
  if (mapping.decided_at) times_.emplace(mapping.decided_at->formats, mapping.decided_at->zone);
}

void MappedRow::give(const Slot& slot, std::string_view text) {
  if (slot.field.pointer.empty()) return use_text(slot, text);
  if (trim(text).empty()) return;
  const auto root = parse_inner(slot, text);
  if (!root) return;
  if (const auto value = value_at(*root, slot.field.pointer)) use_json(slot, *value);
}

// JSON in a text, where the mapping expects it.
std::optional<simdjson::dom::element> MappedRow::parse_inner(const Slot& slot, std::string_view text) {
  std::optional<std::string> decoded{std::string(text)};
  if (slot.use == Use::decisions && mapping_.decisions.percent_encoded)
    decoded = percent_decoded(text, false);
  simdjson::dom::element root;
  if (!decoded) {
    refuse(fmt::format("{} is not percent-encoded as it should be", shown(slot.field.name)));
  } else if (const auto error = fault_of_text(inner_.parse(*decoded).get(root))) {
    refuse(fmt::format("{} holds no JSON: {}", shown(slot.field.name), fault_in_words(*decoded, error)));
  } else if (has_duplicate_keys(root)) {
    refuse(fmt::format("the JSON in {} has a key twice", shown(slot.field.name)));
  } else {
    return root;
  }
  return std::nullopt;
}

void MappedRow::give(const Slot& slot, simdjson::dom::element value) {
  if (slot.field.pointer.empty()) return use_json(slot, value);
  if (const std::optional<std::string> text = text_of(value)) return give(slot, *text);
  refuse(fmt::format("{} is no text that holds JSON", shown(slot.field.name)));
}

void MappedRow::use_text(const Slot& slot, std::string_view text) {
  switch (slot.use) {
    case Use::customer:
      return customer(text);
    case Use::decided_at:
      return decided_at(text);
    case Use::part:
      return part(static_cast<Part>(slot.index), text);
    case Use::condition:
      conditions_[slot.index] = text;
      return;
    case Use::second:
      if (mapping_.decisions.form == Form::lists) return list(Decision::deny, text);
      row_value_ = text;
      return;
    case Use::decisions:
      return decisions(slot, text);
  }
}

void MappedRow::part(Part part, std::string_view text) {
  std::string problem;
  note(parts_.say(part, text, problem), problem);
}

void MappedRow::decisions(const Slot& slot, std::string_view text) {
  switch (mapping_.decisions.form) {
    case Form::pairs:
      return pairs(text);
    case Form::tcf:
      return tcf(trim(text));
    case Form::lists:
      return list(Decision::allow, text);
    case Form::rows:
      row_category_ = trim(text);
      return;
    case Form::object:
    case Form::entries:
      break;
    case Form::fields:
      return;
  }
  if (trim(text).empty()) return;
  const auto root = parse_inner(slot, text);
  if (!root || root->is_null()) return;
  // Text within text is read once: what it holds must be what the mapping asks for.
  if (root->is_object() || root->is_array()) return use_json(slot, *root);
  refuse(fmt::format("{} is not a value that the mapping can use there", shown(slot.field.name)));
}

void MappedRow::use_json(const Slot& slot, simdjson::dom::element value) {
  using Type = simdjson::dom::element_type;
  switch (value.type()) {
    case Type::STRING:
      return use_text(slot, value.get_string().value_unsafe());
    case Type::BOOL:
      return use_text(slot, value.get_bool().value_unsafe() ? "true"sv : "false"sv);
    case Type::INT64:
      return use_number(slot, value.get_int64().value_unsafe());
    case Type::NULL_VALUE:
      return takes_lists(slot) ? void() : use_text(slot, "");
    case Type::ARRAY:
    case Type::OBJECT:
      return use_nested(slot, value);
    case Type::UINT64:
    case Type::DOUBLE:
      return use_text(slot, text_of(value).value());
  }
}

void MappedRow::use_number(const Slot& slot, std::int64_t number) {
  const auto id = consent::CustomerId::from(number);
  if (slot.use == Use::customer && mapping_.key != Mapping::Key::email && id) {
    customer_given_ = true;
    id_.emplace(*id);
    return;
  }
  std::array<char, 20> digits{};
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  use_text(slot, {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void MappedRow::use_nested(const Slot& slot, simdjson::dom::element value) {
  const Form form = mapping_.decisions.form;
  if (takes_lists(slot) && value.is_array())
    return list(slot.use == Use::decisions ? Decision::allow : Decision::deny, value);
  if (slot.use == Use::decisions && form == Form::object && value.is_object()) return object(value);
  if (slot.use == Use::decisions && form == Form::entries && value.is_array()) return entries(value);
  refuse(fmt::format("{} is not a value that the mapping can use there", shown(slot.field.name)));
}

bool MappedRow::takes_lists(const Slot& slot) const {
  return mapping_.decisions.form == Form::lists && (slot.use == Use::decisions || slot.use == Use::second);
}

void MappedRow::customer(std::string_view text) {
  customer_given_ = true;
  text = trim(text);
  std::string problem;
  const bool is_address = text.find('@') != std::string_view::npos;
  if (mapping_.key == Mapping::Key::id || (mapping_.key == Mapping::Key::id_or_email && !is_address)) {
    id_ = read_customer_id(text, problem, mapping_.customer.name);
    return note(id_.has_value(), problem);
  }
  const std::optional<std::string> email = read_email(text, problem);
  if (email) email_ = *email;
  note(email.has_value(), problem);
}

bool MappedRow::can_name_customer(std::string_view text) const {
  std::string problem;
  const bool is_id = mapping_.key != Mapping::Key::email && read_customer_id(trim(text), problem);
  return is_id || (mapping_.key != Mapping::Key::id && read_email(trim(text), problem));
}

void MappedRow::decided_at(std::string_view text) {
  text = trim(text);
  if (text.empty()) return;
  std::string problem;
  if (times_->read(text, decided_at_, problem)) return;
  refuse(fmt::format("{} cannot be read: {}", shown(mapping_.decided_at->field.name), problem));
}

void MappedRow::refuse(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

void MappedRow::note(bool understood, std::string& problem) {
  if (!understood) refuse(std::move(problem));
}

void MappedRow::finish(Row& row) {
  if (!customer_given_)
    refuse(fmt::format("{} is missing: it names the customer", shown(mapping_.customer.name)));
  const bool is_read = problem_.empty();
  const bool is_choice = meets_conditions();
  if (mapping_.decisions.form == Form::rows) {
    finish_part(row);
    if (!problem_.empty()) name_customer(row);
  } else {
    finish_whole(row);
    if (is_choice && !is_read) name_customer(row);
  }
  if (!problem_.empty()) row.problem.swap(problem_);
  start_anew();
}

void MappedRow::finish_unread(Row& row) {
  name_customer(row);
  row.problem.swap(problem_);
  start_anew();
}

void MappedRow::name_customer(Row& row) const {
  row.customer = id_;
  row.email = email_;
}

bool MappedRow::meets_conditions() {
  bool meets = true;
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    const Condition& condition = mapping_.only_if[i];
    const std::string word = lower(trim(conditions_[i].value_or("")));
    const bool found =
        conditions_[i] && std::any_of(condition.words.begin(), condition.words.end(),
                                      [&](const std::string& known) { return lower(known) == word; });
    if (found == condition.is_one_of) continue;
    meets = false;
    refuse(fmt::format("{} is {}: by the mapping's only_if this is no choice of the customer's",
                       shown(condition.field ? condition.field->name : condition.key),
                       conditions_[i] ? shown(word) : "missing"));
  }
  return meets;
}

void MappedRow::finish_whole(Row& row) {
  // Only what is there can leave a category out.
  if (mapping_.decisions.form != Form::fields && !decisions_given_) {
    return refuse(fmt::format(
        "{} is missing or empty: it decides nothing",
        shown((mapping_.decisions.field ? mapping_.decisions.field : mapping_.decisions.second)->name)));
  }
  const consent::Choice choice = consent::compose(mapping_.composition, parts_.states());
  if (choice.is_empty()) refuse("it decides nothing: no category is allowed or denied");
  if (problem_.empty()) set_record(row, choice, nullptr);
}

void MappedRow::finish_part(Row& row) {
  if (row_category_.empty())
    refuse(fmt::format("{} is empty: it names the category", shown(mapping_.decisions.field->name)));
  if (!row_value_) refuse(fmt::format("{} is missing", shown(mapping_.decisions.second->name)));
  if (!problem_.empty()) return;
  const PartStates::Saying* const said = parts_.understand(row_category_, *row_value_, problem_);
  if (said != nullptr) set_record(row, said->choice, &said->part);
}

void MappedRow::set_record(Row& row, consent::Choice choice, const Part* part) {
  const auto complete = [this, choice, part](auto& record) {
    record.choice = choice;
    if (decided_at_) record.decided_at.emplace(*decided_at_);
    if (part != nullptr) record.part.emplace(*part);
  };
  if (!email_.empty()) {
    return complete(row.by_email.emplace(RecordByEmail{email_, choice, std::nullopt}));
  }
  consent::Record& record = blank_record(row);
  record.customer = *id_;
  complete(record);
}

void MappedRow::start_anew() {
  parts_.clear();
  id_.reset();
  email_.clear();
  customer_given_ = false;
  decisions_given_ = false;
  decided_at_.reset();
  std::fill(conditions_.begin(), conditions_.end(), std::nullopt);
  row_category_.clear();
  row_value_.reset();
  problem_.clear();
}

}  // namespace consent_sync::input
