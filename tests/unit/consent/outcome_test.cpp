#include <doctest/doctest.h>

#include <set>

#include <consent_sync/consent/category.hpp>
#include <consent_sync/consent/outcome.hpp>

using namespace consent_sync::consent;

TEST_CASE("every outcome has a word of its own that reads back") {
  std::set<std::string_view> words;
  for (const Outcome outcome : all_outcomes) {
    words.insert(to_string(outcome));
    CHECK(parse_outcome(to_string(outcome)) == outcome);
  }
  CHECK(words.size() == all_outcomes.size());
  CHECK_FALSE(words.contains(""));
  CHECK_FALSE(parse_outcome("Applied"));
}

TEST_CASE("only rows that are as they should be count as ok") {
  const std::set<Outcome> ok{Outcome::applied, Outcome::unchanged, Outcome::superseded, Outcome::would_apply,
                             Outcome::in_sync, Outcome::held_back, Outcome::not_sampled};
  for (const Outcome outcome : all_outcomes) {
    CHECK((classify(outcome) == OutcomeClass::ok) == ok.contains(outcome));
  }
  CHECK(classify(Outcome::pending) == OutcomeClass::unfinished);
  CHECK(classify(Outcome::unknown) == OutcomeClass::problem);
}

TEST_CASE("categories read back from the API's words and from no others") {
  for (const Category category : all_categories) CHECK(parse_category(to_string(category)) == category);
  CHECK_FALSE(parse_category("Essential"));
  CHECK_FALSE(parse_category(""));
  CHECK_FALSE(parse_category("marketing"));
}
