#include "part_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <consent_sync/consent/record.hpp>

#include "decision_words.hpp"
#include "text.hpp"

namespace consent_sync::input {

using consent::Decision;
using consent::Part;
using consent::PartState;

namespace {

constexpr std::size_t most_sayings = 16;

Decision opposite(Decision decision) {
  if (decision == Decision::unspecified) return decision;
  return decision == Decision::allow ? Decision::deny : Decision::allow;
}

PartState state_of(Decision decision) {
  if (decision == Decision::unspecified) return PartState::unspecified;
  return decision == Decision::allow ? PartState::allow : PartState::deny;
}

std::string unknown_category(std::string_view category) {
  return fmt::format("the category {} has no place in the mapping; put it under categories or under ignored",
                     shown(category));
}

std::vector<consent::Choice> choices_by_part(const Mapping& mapping, Decision decision) {
  std::vector<consent::Choice> choices(mapping.parts.size());
  for (const consent::Category category : consent::all_categories) {
    for (const auto& source : mapping.composition.recipes[static_cast<std::size_t>(category)].sources) {
      choices[source.part].set(category, decision);
    }
  }
  return choices;
}

}  // namespace

PartStates::PartStates(const Mapping& mapping)
    : mapping_(mapping),
      states_(mapping.parts.size(), PartState::absent),
      allowing_(choices_by_part(mapping, Decision::allow)),
      denying_(choices_by_part(mapping, Decision::deny)) {
  for (std::size_t i = 0; i < mapping.parts.size(); ++i)
    parts_.emplace(mapping.parts[i], static_cast<Part>(i));
  for (const std::string& name : mapping.ignored) parts_.emplace(name, consent::no_part);
  const auto add = [this](const std::vector<std::string>& words, Decision decision) {
    for (const std::string& word : words) words_.push_back({word, packed(word), decision});
  };
  add(mapping.allow_words, Decision::allow);
  add(mapping.deny_words, Decision::deny);
  add(mapping.unspecified_words, Decision::unspecified);
}

void PartStates::clear() {
  std::fill(states_.begin(), states_.end(), PartState::absent);
}

const Part* PartStates::find(std::string_view category) const {
  const auto found = parts_.find(category);
  return found == parts_.end() ? nullptr : &found->second;
}

bool PartStates::say(std::string_view category, std::string_view value, std::string& problem) {
  const Part* const part = find(category);
  if (part == nullptr) problem = unknown_category(category);
  return part != nullptr && (*part == consent::no_part || say(*part, value, problem));
}

bool PartStates::say(Part part, std::string_view value, std::string& problem) {
  const std::optional<Decision> decision = read_value(part, value, problem);
  return decision && decide(part, *decision, problem);
}

bool PartStates::list(std::string_view category, Decision decision, std::string& problem) {
  const Part* const part = find(category);
  if (part == nullptr) problem = unknown_category(category);
  return part != nullptr && (*part == consent::no_part || decide(*part, ours(*part, decision), problem));
}

Decision PartStates::ours(Part part, Decision theirs) const {
  return mapping_.inverted[part] ? opposite(theirs) : theirs;
}

bool PartStates::decide(Part part, Decision decision, std::string& problem) {
  const PartState state = state_of(decision);
  if (states_[part] != PartState::absent && states_[part] != state) {
    problem = fmt::format("it says two things of {}", shown(mapping_.parts[part]));
    return false;
  }
  states_[part] = state;
  return true;
}

std::optional<Decision> PartStates::read_value(Part part, std::string_view value,
                                               std::string& problem) const {
  const std::string_view text = trim(value);
  const auto found =
      std::find_if(words_.begin(), words_.end(), [text, number = packed(text)](const Word& known) {
        return known.packed == number && equals_ignoring_case(text, known.word);
      });
  if (found == words_.end()) {
    problem =
        fmt::format("{} is {}, which the mapping has under none of its values (allow, deny, unspecified)",
                    shown(mapping_.parts[part]), shown(trim(value)));
    return std::nullopt;
  }
  return ours(part, found->decision);
}

const PartStates::Saying* PartStates::understand(std::string_view category, std::string_view value,
                                                 std::string& problem) {
  for (const Saying& known : sayings_) {
    if (same_text(category, known.category) &&
        (known.part == consent::no_part || same_text(value, known.value))) {
      return &known;
    }
  }
  const Part* const part = find(category);
  if (part == nullptr) {
    problem = unknown_category(category);
    return nullptr;
  }
  const std::optional<consent::Choice> choice = choice_of(*part, value, problem);
  if (!choice) return nullptr;
  if (sayings_.size() == most_sayings) sayings_.pop_back();
  return &sayings_.emplace_back(Saying{std::string(category), std::string(value), *part, *choice});
}

std::optional<consent::Choice> PartStates::choice_of(Part part, std::string_view value,
                                                     std::string& problem) const {
  if (part == consent::no_part) return consent::Choice();
  const std::optional<Decision> decision = read_value(part, value, problem);
  if (!decision) return std::nullopt;
  if (*decision == Decision::unspecified) return consent::Choice();
  return *decision == Decision::allow ? allowing_[part] : denying_[part];
}

}  // namespace consent_sync::input
