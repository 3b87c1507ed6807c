#pragma once

#include <consent_sync/input/mapping.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace consent_sync::input {

/// What the words of a mapping mean, and what one row says of each part.
class PartStates {
 public:
  explicit PartStates(const Mapping& mapping);

  void clear();

  /// What the row says of a category of the other platform. False, and a sentence in `problem`, for a
  /// category or a value that the mapping does not know, and for a category that the row allows and denies.
  bool say(std::string_view category, std::string_view value, std::string& problem);
  bool say(consent::Part part, std::string_view value, std::string& problem);

  /// For a form that names what it allows and what it denies, without values: say() for its category.
  bool list(std::string_view category, consent::Decision decision, std::string& problem);

  /// no_part for one that the mapping ignores; nullptr for one that it does not know.
  const consent::Part* find(std::string_view category) const;

  /// A category and a value, in long form: what a row that says them speaks of, and for each category of ours
  /// what it decides. A category that the mapping ignores is no_part.
  struct Saying {
    std::string category;
    std::string value;
    consent::Part part;
    consent::Choice choice;
  };
  /// Valid until the next call. nullptr, and a sentence in `problem`, if the mapping does not know the
  /// category or the value.
  const Saying* understand(std::string_view category, std::string_view value, std::string& problem);

  const std::vector<consent::PartState>& states() const { return states_; }

 private:
  bool decide(consent::Part part, consent::Decision decision, std::string& problem);
  /// What their decision means in ours.
  consent::Decision ours(consent::Part part, consent::Decision theirs) const;
  /// What a value means; nothing, and a sentence in `problem`, if the mapping does not know it.
  std::optional<consent::Decision> read_value(consent::Part part, std::string_view value,
                                              std::string& problem) const;
  std::optional<consent::Choice> choice_of(consent::Part part, std::string_view value,
                                           std::string& problem) const;

  const Mapping& mapping_;
  std::unordered_map<std::string_view, consent::Part> parts_;  ///< names lie in the mapping
  struct Word {
    std::string word;
    std::uint64_t packed;  ///< see packed(): most words are told apart by it
    consent::Decision decision;
  };
  std::vector<Word> words_;
  std::vector<consent::PartState> states_;
  std::vector<consent::Choice> allowing_;  ///< by part: every category that it feeds allowed
  std::vector<consent::Choice> denying_;
  std::vector<Saying> sayings_;  ///< understood so far: an input has few
};

}  // namespace consent_sync::input
