#include <consent_sync/plan/completion.hpp>

#include <doctest/doctest.h>

#include "choices.hpp"

using namespace consent_sync::consent;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;

TEST_CASE("what a row decides is never altered, and only omit leaves a category open") {
  for_every_choice([](Choice row) {
    for_every_choice([&](Choice confirmed) {
      for (const Unspecified policy : {Unspecified::keep, Unspecified::deny, Unspecified::omit}) {
        const Choice sent = complete(row, confirmed, policy);
        CHECK(row.is_satisfied_by(sent));
        if (policy != Unspecified::omit) CHECK(sent.is_complete());
      }
    });
  });
}

TEST_CASE("no policy grants beyond essential what neither the row nor the store allows") {
  for_every_choice([](Choice row) {
    for_every_choice([&](Choice confirmed) {
      const unsigned known = row.allow_mask() | confirmed.allow_mask() | 0b0001U;
      CHECK((complete(row, confirmed, Unspecified::keep).allow_mask() & ~known) == 0);
      CHECK((complete(row, confirmed, Unspecified::deny).allow_mask() & ~(row.allow_mask() | 0b0001U)) == 0);
    });
  });
}

TEST_CASE("keep takes from what is confirmed, and denies what is not known, essential aside") {
  const Choice analytics = choice(0b0100, 0);
  CHECK(complete(analytics, choice(0b0011, 0b1100), Unspecified::keep) == choice(0b0111, 0b1000));
  CHECK(complete(analytics, choice(0, 0b1111), Unspecified::keep) == choice(0b0100, 0b1011));
  CHECK(complete(analytics, std::nullopt, Unspecified::keep) == choice(0b0101, 0b1010));
  CHECK(complete(Choice(), all_allowed, Unspecified::keep) == all_allowed);
}

TEST_CASE("deny denies whatever is confirmed, essential aside") {
  CHECK(complete(choice(0b0100, 0), all_allowed, Unspecified::deny) == choice(0b0101, 0b1010));
  CHECK(complete(choice(0, 0b0001), all_allowed, Unspecified::deny) == choice(0, 0b1111));
}

TEST_CASE("omit sends the row as it is") {
  for_every_choice([](Choice row) { CHECK(complete(row, all_allowed, Unspecified::omit) == row); });
}

TEST_CASE("a policy reads back from its word and from no other") {
  for (const Unspecified policy : {Unspecified::keep, Unspecified::deny, Unspecified::omit}) {
    CHECK(parse_unspecified(to_string(policy)) == policy);
  }
  CHECK_FALSE(parse_unspecified("Keep"));
  CHECK_FALSE(parse_unspecified(""));
}
