#include <consent_sync/plan/delta.hpp>

#include <doctest/doctest.h>

#include "choices.hpp"

using namespace consent_sync::consent;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;

namespace {
const CustomerId seven = CustomerId::from(7).value();
}

TEST_CASE("a change is sent exactly when what is confirmed does not satisfy what is wanted") {
  for_every_choice([](Choice wanted) {
    for_every_choice([&](Choice confirmed) {
      const auto change = change_to(wanted, confirmed, seven, 3);
      CHECK(change.has_value() == !wanted.is_satisfied_by(confirmed));
      if (change) CHECK(change->before == confirmed);
    });
  });
}

TEST_CASE("of a customer nothing is known of, anything wanted is sent") {
  for_every_choice([](Choice wanted) {
    const auto change = change_to(wanted, std::nullopt, seven, 3);
    CHECK(change.has_value() == !wanted.is_empty());
    if (change) CHECK_FALSE(change->before);
  });
}

TEST_CASE("a change names its row, its customer, and both ends") {
  const auto change = change_to(only_essential, all_allowed, seven, 3);
  REQUIRE(change);
  CHECK(change->line == 3);
  CHECK(change->customer == seven);
  CHECK(change->before == all_allowed);
  CHECK(change->wanted == only_essential);
}
