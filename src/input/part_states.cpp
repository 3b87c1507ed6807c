#include "part_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <consent_sync/consent/record.hpp>

#include "text.hpp"

namespace consent_sync::input {

using consent::Decision;
using consent::Part;
using consent::PartState;

namespace {

Decision opposite(Decision decision) {
  if (decision == Decision::unspecified) return decision;
  return decision == Decision::allow ? Decision::deny : Decision::allow;
}

PartState state_of(Decision decision) {
  if (decision == Decision::unspecified) return PartState::unspecified;
  return decision == Decision::allow ? PartState::allow : PartState::deny;
}

}  // namespace

std::string unknown_category(std::string_view category) {
  return fmt::format("the category {} has no place in the mapping; put it under categories or under ignored",
                     shown(category));
}

PartStates::PartStates(const Mapping& mapping)
    : mapping_(mapping), states_(mapping.parts.size(), PartState::absent) {
  for (std::size_t i = 0; i < mapping.parts.size(); ++i)
    parts_.emplace(mapping.parts[i], static_cast<Part>(i));
  for (const std::string& name : mapping.ignored) parts_.emplace(name, consent::no_part);
  for (const std::string& word : mapping.allow_words) words_.emplace(word, Decision::allow);
  for (const std::string& word : mapping.deny_words) words_.emplace(word, Decision::deny);
  for (const std::string& word : mapping.unspecified_words) words_.emplace(word, Decision::unspecified);
}

void PartStates::clear() {
  std::fill(states_.begin(), states_.end(), PartState::absent);
}

std::optional<Part> PartStates::find(std::string_view category) const {
  const auto found = parts_.find(category);
  if (found == parts_.end()) return std::nullopt;
  return found->second;
}

bool PartStates::say(std::string_view category, std::string_view value, std::string& problem) {
  const std::optional<Part> part = find(category);
  if (!part) problem = unknown_category(category);
  return part && (*part == consent::no_part || say(*part, value, problem));
}

bool PartStates::say(Part part, std::string_view value, std::string& problem) {
  const std::optional<Decision> decision = read_value(part, value, problem);
  return decision && decide(part, *decision, problem);
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
  const std::string word = lower(trim(value));
  const auto found = words_.find(word);
  if (found == words_.end()) {
    problem =
        fmt::format("{} is {}, which the mapping has under none of its values (allow, deny, unspecified)",
                    shown(mapping_.parts[part]), shown(trim(value)));
    return std::nullopt;
  }
  return mapping_.inverted[part] ? opposite(found->second) : found->second;
}

}  // namespace consent_sync::input
