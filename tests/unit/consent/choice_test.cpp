#include <doctest/doctest.h>

#include <consent_sync/consent/choice.hpp>

using namespace consent_sync::consent;

namespace {

Choice choice(unsigned allow, unsigned deny) {
  return Choice::from_masks(allow, deny).value();
}

template <class Visit>
void for_every_choice(Visit visit) {
  for (unsigned code = 0; code < 256; ++code) {
    if (const auto valid = Choice::from_code(code)) visit(*valid);
  }
}

}  // namespace

TEST_CASE("there are 81 choices: three decisions for each of four categories") {
  int count = 0;
  for_every_choice([&](Choice) { ++count; });
  CHECK(count == 81);
}

TEST_CASE("a category in both masks, or a bit beyond the categories, is no choice") {
  CHECK_FALSE(Choice::from_masks(0b0001, 0b0001));
  CHECK_FALSE(Choice::from_masks(0b10000, 0));
  CHECK_FALSE(Choice::from_masks(0, 0b10000));
  CHECK_FALSE(Choice::from_code(0x100));
}

TEST_CASE("a choice survives its code, and its masks") {
  for_every_choice([](Choice c) {
    CHECK(Choice::from_code(c.code()) == c);
    CHECK(Choice::from_masks(c.allow_mask(), c.deny_mask()) == c);
  });
}

TEST_CASE("setting a decision replaces the one before and touches no other category") {
  Choice c = choice(0b1111, 0);
  c.set(Category::analytics, Decision::deny);
  CHECK(c == choice(0b1011, 0b0100));
  c.set(Category::analytics, Decision::unspecified);
  CHECK(c == choice(0b1011, 0));
  CHECK(c.of(Category::analytics) == Decision::unspecified);
  CHECK(c.of(Category::targeting) == Decision::allow);
}

TEST_CASE("or_else fills only what is unspecified") {
  CHECK(choice(0b0001, 0b0010).or_else(choice(0b0110, 0b1001)) == choice(0b0101, 0b1010));
  for_every_choice([](Choice c) {
    CHECK(c.or_else(Choice()) == c);
    CHECK(Choice().or_else(c) == c);
    CHECK(c.or_else(choice(0b1111, 0)).is_complete());
  });
}

TEST_CASE("a choice is satisfied by what decides all it decides in the same way") {
  CHECK(choice(0b0001, 0).is_satisfied_by(choice(0b0001, 0b1110)));
  CHECK_FALSE(choice(0b0001, 0).is_satisfied_by(choice(0, 0b1111)));
  CHECK_FALSE(choice(0, 0b0100).is_satisfied_by(choice(0b0100, 0)));
  CHECK_FALSE(choice(0, 0b0100).is_satisfied_by(Choice()));
  for_every_choice([](Choice c) { CHECK(c.is_satisfied_by(c)); });
}

TEST_CASE(
    "a change withdraws when it denies what was not denied, and grants when it allows what was not allowed") {
  const Choice all = choice(0b1111, 0);
  const Choice only_essential = choice(0b0001, 0b1110);
  CHECK(withdraws(all, only_essential));
  CHECK_FALSE(grants(all, only_essential));
  CHECK(grants(only_essential, all));
  CHECK_FALSE(withdraws(only_essential, all));
  const Choice swapped = choice(0b0011, 0b1100);
  CHECK(withdraws(choice(0b0101, 0b1010), swapped));
  CHECK(grants(choice(0b0101, 0b1010), swapped));
  for_every_choice([](Choice c) {
    CHECK_FALSE(withdraws(c, c));
    CHECK_FALSE(grants(c, c));
  });
}

TEST_CASE("without a known before, a denial withdraws and an allow beyond essential grants") {
  CHECK(withdraws(std::nullopt, choice(0b0001, 0b1110)));
  CHECK_FALSE(grants(std::nullopt, choice(0b0001, 0b1110)));
  CHECK(grants(std::nullopt, choice(0b1111, 0)));
  CHECK_FALSE(withdraws(std::nullopt, choice(0b1111, 0)));
}

TEST_CASE("a choice reads as words, in category order") {
  CHECK(to_string(choice(0b0001, 0b1100)) == "essential=allow analytics=deny targeting=deny");
  CHECK(to_string(Choice()) == "");
}
