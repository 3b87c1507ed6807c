#include <consent_sync/plan/reconcile.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "choices.hpp"

using namespace consent_sync::consent;
using namespace consent_sync::plan;
using namespace consent_sync::plan::test;
using State = consent_sync::consent::Decision;

namespace {

constexpr std::array drifts{Drift::input, Drift::store, Drift::deny_wins, Drift::conflict};
constexpr std::array first_runs{FirstRun::input, FirstRun::deny_wins, FirstRun::keep_store};

State state(char c) {
  return c == 'a' ? State::allow : c == 'd' ? State::deny : State::unspecified;
}

/// The same state in every category.
Choice everywhere(char c) {
  Choice choice;
  for (const Category category : all_categories) choice.set(category, state(c));
  return choice;
}

/// 'a', 'd' or '-'; 'C' for a conflict.
char outcome_of(const Reconciliation& done) {
  if (done.conflicting != 0) return 'C';
  const State decision = done.result.of(Category::analytics);
  return decision == State::allow ? 'a' : decision == State::deny ? 'd' : '-';
}

struct TruthRow {
  char base, theirs, ours;
  const char* by_policy;  ///< input, store, deny_wins, conflict
};

// Every state of the three sources. 'C' stands for a conflict.
constexpr std::array<TruthRow, 27> truth{{
    {'a', 'a', 'a', "aaaa"}, {'a', 'a', 'd', "dddd"}, {'a', 'a', '-', "aaaa"},  // nobody, or the input alone
    {'a', 'd', 'a', "dddd"}, {'a', 'd', 'd', "dddd"}, {'a', 'd', '-', "dddd"},  // the shopper withdrew
    {'a', '-', 'a', "----"}, {'a', '-', 'd', "d-dC"}, {'a', '-', '-', "----"}, {'d', 'a', 'a', "aaaa"},
    {'d', 'a', 'd', "aaaa"}, {'d', 'a', '-', "aaaa"},  // the shopper granted
    {'d', 'd', 'a', "aaaa"}, {'d', 'd', 'd', "dddd"}, {'d', 'd', '-', "dddd"}, {'d', '-', 'a', "a-aC"},
    {'d', '-', 'd', "----"}, {'d', '-', '-', "----"}, {'-', 'a', 'a', "aaaa"}, {'-', 'a', 'd', "dadC"},
    {'-', 'a', '-', "aaaa"},  // both, against nothing before
    {'-', 'd', 'a', "addC"}, {'-', 'd', 'd', "dddd"}, {'-', 'd', '-', "dddd"}, {'-', '-', 'a', "aaaa"},
    {'-', '-', 'd', "dddd"}, {'-', '-', '-', "----"},
}};

Reconciliation of(std::optional<Choice> held, std::optional<Choice> theirs, Choice ours, Drift drift,
                  FirstRun first = FirstRun::input) {
  return reconcile({{held, std::nullopt, false}, theirs}, ours, drift, first);
}

}  // namespace

TEST_CASE("the whole truth table: three states of three sources under four policies") {
  for (const TruthRow& row : truth) {
    for (std::size_t policy = 0; policy < drifts.size(); ++policy) {
      CAPTURE(row.base);
      CAPTURE(row.theirs);
      CAPTURE(row.ours);
      CAPTURE(to_string(drifts[policy]));
      const Reconciliation done =
          of(everywhere(row.base), everywhere(row.theirs), everywhere(row.ours), drifts[policy]);
      CHECK(outcome_of(done) == row.by_policy[policy]);
      const bool differs =
          row.ours != '-' && row.by_policy[policy] != row.ours && row.by_policy[policy] != 'C';
      CHECK(done.kept == (differs ? 0x0FU : 0U));
    }
  }
}

TEST_CASE("the first run: nothing is known from before, three policies") {
  struct First {
    char theirs, ours;
    const char* by_policy;  // input, deny_wins, keep_store
  };
  constexpr std::array<First, 9> table{{
      {'a', 'a', "aaa"},
      {'a', 'd', "dda"},
      {'a', '-', "aaa"},
      {'d', 'a', "add"},
      {'d', 'd', "ddd"},
      {'d', '-', "ddd"},
      {'-', 'a', "aaa"},
      {'-', 'd', "ddd"},
      {'-', '-', "---"},
  }};
  for (const First& row : table) {
    for (std::size_t policy = 0; policy < first_runs.size(); ++policy) {
      CAPTURE(row.theirs);
      CAPTURE(row.ours);
      CAPTURE(to_string(first_runs[policy]));
      CHECK(outcome_of(of(std::nullopt, everywhere(row.theirs), everywhere(row.ours), Drift::conflict,
                          first_runs[policy])) == row.by_policy[policy]);
    }
  }
}

TEST_CASE("a store that was not asked is taken to hold what it confirmed") {
  for_every_choice([](Choice base) {
    for_every_choice([&](Choice ours) {
      for (const Drift drift : drifts) {
        CHECK(of(base, std::nullopt, ours, drift).result == of(base, base, ours, drift).result);
        CHECK(of(base, std::nullopt, ours, drift).result == ours.or_else(base));
      }
    });
  });
}

TEST_CASE("while what was confirmed is in doubt, an unasked store is taken to hold nothing") {
  const Known known{{all_allowed, std::nullopt, true}, std::nullopt};
  CHECK(reconcile(known, only_essential, Drift::conflict, FirstRun::keep_store).result == only_essential);
  CHECK_FALSE(held_now(known));
}

TEST_CASE("a store that was asked settles the doubt, and what was confirmed before still tells who changed") {
  // A grant was sent and its answer lost: the store still has the old denial, which nobody has chosen anew.
  const Known known{{only_essential, std::nullopt, true}, only_essential};
  CHECK(reconcile(known, all_allowed, Drift::deny_wins, FirstRun::deny_wins).result == all_allowed);
}

TEST_CASE("categories are merged one by one") {
  for_every_choice([](Choice theirs) {
    for_every_choice([&](Choice ours) {
      for (const Choice base : {all_allowed, only_essential, Choice(), choice(0b0010, 0b0100)}) {
        for (const Drift drift : drifts) {
          const Reconciliation whole = of(base, theirs, ours, drift);
          for (const Category category : all_categories) {
            const unsigned bit = 1U << static_cast<unsigned>(category);
            const Reconciliation part = of(base.only(bit), theirs.only(bit), ours.only(bit), drift);
            CHECK(whole.result.only(bit) == part.result.only(bit));
            CHECK((whole.conflicting & bit) == (part.conflicting & bit));
          }
        }
      }
    });
  });
}

TEST_CASE("under deny_wins what either side newly denies is denied, and nobody's word counts for more") {
  for_every_choice([](Choice base) {
    for_every_choice([&](Choice theirs) {
      for (const Choice ours : {all_allowed, only_essential, choice(0b0110, 0b1001), choice(0, 0b1111)}) {
        const Choice result = of(base, theirs, ours, Drift::deny_wins).result;
        for (const Category category : all_categories) {
          const State b = base.of(category);
          const State t = theirs.of(category);
          const State o = ours.of(category);
          const bool newly_denied = (t == State::deny && b != t) || (o == State::deny && b != o);
          if (newly_denied) CHECK(result.of(category) == State::deny);
          // A denial that both know of is lifted only by a side that has changed its mind since.
          if (b == State::deny && t == b && o == b) CHECK(result.of(category) == State::deny);
        }
        // Where both sides are complete it does not matter which is which.
        if (base.is_complete() && theirs.is_complete()) {
          CHECK(result == of(base, ours, theirs, Drift::deny_wins).result);
        }
      }
    });
  });
}

TEST_CASE("the first run never turns a denial into an allow under deny_wins") {
  for_every_choice([](Choice theirs) {
    for_every_choice([&](Choice ours) {
      const Choice result = of(std::nullopt, theirs, ours, Drift::input, FirstRun::deny_wins).result;
      CHECK((result.allow_mask() & (theirs.deny_mask() | ours.deny_mask())) == 0);
    });
  });
}

TEST_CASE("what was reconciled stays so: the same input over the store's new state changes nothing") {
  for_every_choice([](Choice theirs) {
    for_every_choice([&](Choice ours) {
      for (const std::optional<Choice> base :
           {std::optional<Choice>(), std::optional(all_allowed), std::optional(only_essential)}) {
        for (const Drift drift : drifts) {
          for (const FirstRun first : first_runs) {
            const Reconciliation once = of(base, theirs, ours, drift, first);
            if (once.conflicting != 0) continue;
            // The ledger now knows what the store holds, and what the input said at that time.
            const Known later{{once.result, ours, false}, once.result};
            const Reconciliation twice = reconcile(later, ours, drift, first);
            CHECK(twice.result == once.result);
            CHECK(twice.conflicting == 0);
            // And an input that has changed its mind since is heard.
            const Known known{{once.result, ours, false}, std::nullopt};
            Choice other = ours;
            other.set(Category::analytics,
                      ours.of(Category::analytics) == State::deny ? State::allow : State::deny);
            CHECK(reconcile(known, other, drift, first).result.of(Category::analytics) ==
                  other.of(Category::analytics));
          }
        }
      }
    });
  });
}
