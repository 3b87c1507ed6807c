#include <consent_sync/plan/decision.hpp>

#include <doctest/doctest.h>

#include <array>

#include "choices.hpp"
#include "contains.hpp"

using namespace consent_sync;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using consent::Choice;
using consent_sync::test::contains;
using Kind = plan::Decision::Kind;

namespace {

constexpr std::array directions{Direction::both, Direction::withdraw_only, Direction::grant_only};

Known known(std::optional<Choice> held, std::optional<Choice> theirs = std::nullopt) {
  return {{held, std::nullopt, false}, theirs};
}

Policy towards(Direction direction) {
  Policy policy;
  policy.direction = direction;
  return policy;
}

}  // namespace

TEST_CASE("a change is sent exactly when what is known does not satisfy what is wanted") {
  Policy policy;
  policy.essential_deny = EssentialDeny::send;
  for_every_choice([&](Choice ours) {
    for_every_choice([&](Choice held) {
      const plan::Decision decision = decide(known(held), ours, policy);
      CHECK((decision.kind == Kind::send) == !decision.wanted.is_satisfied_by(held));
      CHECK(ours.is_satisfied_by(decision.wanted));
      CHECK(decision.reason.empty());
    });
    CHECK(decide(known(std::nullopt), ours, policy).kind == Kind::send);
  });
}

TEST_CASE(
    "where the store's word stays, the row says what stayed, and the ledger will remember what was asked") {
  const plan::Decision decision = decide(known(all_allowed, only_essential), all_allowed, {});
  CHECK(decision.kind == Kind::nothing);
  CHECK(decision.wanted == only_essential);
  CHECK(decision.asked == all_allowed);
  CHECK(contains(decision.reason, "analytics=deny"));
}

TEST_CASE("a contradiction that the policy leaves to a person names both sides") {
  Policy policy;
  policy.drift = Drift::conflict;
  const plan::Decision decision = decide(known(Choice(), only_essential), all_allowed, policy);
  CHECK(decision.kind == Kind::conflict);
  CHECK(contains(decision.reason, "analytics=deny"));
  CHECK(contains(decision.reason, "analytics=allow"));
}

TEST_CASE("what the input leaves open is kept as the store has it, as the ledger knows it, or denied") {
  const Choice targeting_only = choice(0b1000, 0);
  CHECK(decide(known(only_essential, choice(0b0011, 0b1100)), targeting_only, {}).wanted ==
        choice(0b1011, 0b0100));
  CHECK(decide(known(choice(0b0011, 0b1100)), targeting_only, {}).wanted == choice(0b1011, 0b0100));
  CHECK(decide(known(std::nullopt), targeting_only, {}).wanted == choice(0b1001, 0b0110));
}

TEST_CASE("omit sends the decided categories only, whatever else the store was seen to hold") {
  Policy policy;
  policy.unspecified = Unspecified::omit;
  CHECK(decide(known(std::nullopt, all_allowed), choice(0, 0b0100), policy).wanted == choice(0, 0b0100));
}

TEST_CASE("a row that denies essential is refused, or sent like any other") {
  Policy policy;
  const Choice nothing = choice(0, 0b1111);
  CHECK(decide(known(std::nullopt), nothing, policy).kind == Kind::refused);
  CHECK(contains(decide(known(std::nullopt), nothing, policy).reason, "essential"));
  policy.essential_deny = EssentialDeny::send;
  CHECK(decide(known(std::nullopt), nothing, policy).kind == Kind::send);
  CHECK(decide(known(std::nullopt), nothing, policy).wanted == nothing);
}

TEST_CASE("a direction holds back what it does not permit, and says so") {
  const Choice wants = choice(0b0101, 0b1010);  // analytics allowed, functional and targeting denied
  const Choice held = choice(0b0011, 0b1100);
  const plan::Decision down = decide(known(held), wants, towards(Direction::withdraw_only));
  CHECK(down.kind == Kind::send);
  CHECK(down.wanted == choice(0b0001, 0b1110));
  CHECK(contains(down.reason, "held back by policy.direction=withdraw_only: analytics=allow"));
  const plan::Decision up = decide(known(held), wants, towards(Direction::grant_only));
  CHECK(up.wanted == choice(0b0111, 0b1000));
  CHECK(contains(up.reason, "functional=deny"));
}

TEST_CASE("a change that is wholly held back sends nothing") {
  CHECK(decide(known(only_essential), all_allowed, towards(Direction::withdraw_only)).kind ==
        Kind::held_back);
  CHECK(decide(known(all_allowed), only_essential, towards(Direction::grant_only)).kind == Kind::held_back);
}

TEST_CASE("whatever is known, nothing that leaves goes in a direction that is not permitted") {
  for_every_choice([](Choice ours) {
    for_every_choice([&](Choice held) {
      for (const Direction direction : directions) {
        for (const Known& situation : {known(held), known(std::nullopt), known(all_allowed, held)}) {
          const plan::Decision decision = decide(situation, ours, towards(direction));
          if (decision.kind != Kind::send) continue;
          const std::optional<Choice> now = held_now(situation);
          if (direction == Direction::withdraw_only) CHECK_FALSE(grants(now, decision.wanted));
          if (direction == Direction::grant_only) CHECK_FALSE(withdraws(now, decision.wanted));
        }
      }
    });
  });
}

TEST_CASE("what was held back is sent once it is permitted") {
  const plan::Decision first =
      decide(known(choice(0b0011, 0b1100)), choice(0b0101, 0b1010), towards(Direction::withdraw_only));
  const Known later{{first.wanted, first.asked, false}, std::nullopt};
  const plan::Decision second = decide(later, choice(0b0101, 0b1010), {});
  CHECK(second.kind == Kind::send);
  CHECK(second.wanted == choice(0b0101, 0b1010));
}
