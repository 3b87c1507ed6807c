#include <consent_sync/consent/composition.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace consent_sync::consent;
using Rule = Composition::Rule;

namespace {

constexpr PartState absent = PartState::absent;
constexpr PartState open = PartState::unspecified;
constexpr PartState allow = PartState::allow;
constexpr PartState deny = PartState::deny;

/// What targeting becomes, fed by all the parts.
Decision targeting(Rule rule, const std::vector<PartState>& parts, bool last_is_optional = false,
                   Decision absent_means = Decision::unspecified) {
  Composition composition;
  composition.parts = static_cast<Part>(parts.size());
  composition.absent = absent_means;
  auto& recipe = composition.recipes[static_cast<std::size_t>(Category::targeting)];
  recipe.rule = rule;
  for (Part part = 0; part < composition.parts; ++part) recipe.sources.push_back({part, false});
  recipe.sources.back().optional = last_is_optional;
  const Choice choice = compose(composition, parts);
  CHECK(choice.of(Category::essential) == Decision::unspecified);
  return choice.of(Category::targeting);
}

}  // namespace

TEST_CASE("one part decides alone, by either rule") {
  for (const Rule rule : {Rule::all, Rule::any}) {
    CHECK(targeting(rule, {allow}) == Decision::allow);
    CHECK(targeting(rule, {deny}) == Decision::deny);
    CHECK(targeting(rule, {open}) == Decision::unspecified);
    CHECK(targeting(rule, {absent}) == Decision::unspecified);
  }
}

TEST_CASE("all: one denial denies, and an allow needs every part") {
  CHECK(targeting(Rule::all, {allow, allow}) == Decision::allow);
  CHECK(targeting(Rule::all, {allow, deny}) == Decision::deny);
  CHECK(targeting(Rule::all, {open, deny}) == Decision::deny);
  CHECK(targeting(Rule::all, {absent, deny}) == Decision::deny);
  CHECK(targeting(Rule::all, {allow, open}) == Decision::unspecified);
  CHECK(targeting(Rule::all, {allow, absent}) == Decision::unspecified);
}

TEST_CASE("any: one allow allows, and a denial needs every part") {
  CHECK(targeting(Rule::any, {deny, allow}) == Decision::allow);
  CHECK(targeting(Rule::any, {open, allow}) == Decision::allow);
  CHECK(targeting(Rule::any, {deny, deny}) == Decision::deny);
  CHECK(targeting(Rule::any, {deny, open}) == Decision::unspecified);
  CHECK(targeting(Rule::any, {deny, absent}) == Decision::unspecified);
}

TEST_CASE(
    "an optional part that is absent leaves the decision to the others; one that is undecided does not") {
  CHECK(targeting(Rule::all, {allow, absent}, true) == Decision::allow);
  CHECK(targeting(Rule::all, {allow, open}, true) == Decision::unspecified);
  CHECK(targeting(Rule::all, {allow, deny}, true) == Decision::deny);
  CHECK(targeting(Rule::any, {deny, absent}, true) == Decision::deny);
  CHECK(targeting(Rule::all, {absent}, true) == Decision::unspecified);
}

TEST_CASE("what is absent may stand for a denial") {
  CHECK(targeting(Rule::all, {allow, absent}, false, Decision::deny) == Decision::deny);
  CHECK(targeting(Rule::any, {allow, absent}, false, Decision::deny) == Decision::allow);
  CHECK(targeting(Rule::all, {absent}, false, Decision::deny) == Decision::deny);
  CHECK(targeting(Rule::all, {absent}, true, Decision::deny) == Decision::unspecified);
}

TEST_CASE("one part may feed several categories") {
  Composition composition;
  composition.parts = 1;
  composition.recipes[static_cast<std::size_t>(Category::analytics)].sources = {{0, false}};
  composition.recipes[static_cast<std::size_t>(Category::targeting)].sources = {{0, false}};
  CHECK(to_string(compose(composition, std::vector{deny})) == "analytics=deny targeting=deny");
}
