#include <doctest/doctest.h>

#include <consent_sync/sync/delivery.hpp>

#include "delivery_steps.hpp"

using namespace consent_sync;
using namespace std::chrono_literals;
using consent::Choice;
using consent::Outcome;
using sync::test::done;
using sync::test::noon;
namespace verdict = store::verdict;
namespace step = sync::step;

namespace {

const Choice denied = Choice::from_masks(0b0001, 0b1110).value();
const Choice allowed = Choice::from_masks(0b1111, 0).value();
const Choice analytics_only = Choice::from_masks(0b0101, 0b1010).value();

sync::AskingOptions checking() {
  sync::AskingOptions asking;
  asking.check = true;
  return asking;
}

/// The ledger last confirmed `held`; the input now says `input`.
sync::Delivery delivery(std::optional<Choice> held, Choice input,
                        const sync::AskingOptions& asking = checking(), bool may_have_been_sent = false) {
  const consent::Change change{7, consent::CustomerId::from(42).value(), held, input};
  return sync::Delivery(change, {3, {100ms, 1s}}, asking, may_have_been_sent);
}

sync::Step answer(sync::Delivery& row, const store::Verdict& verdict, int status = 200) {
  return row.on_verdict(verdict, status, noon, 0.5);
}

bool proceeds(const sync::Step& step) {
  return std::holds_alternative<step::Proceed>(step);
}

}  // namespace

TEST_CASE("a checked change asks first, and is sent at once when the store holds what was thought") {
  sync::Delivery row = delivery(denied, allowed);
  CHECK(row.asks());
  CHECK(proceeds(answer(row, verdict::Holds{denied})));
  CHECK_FALSE(row.asks());
  CHECK(row.change().wanted == allowed);
  const consent::ChangeResult result = done(answer(row, verdict::Applied{allowed}));
  CHECK(result.outcome == Outcome::applied);
  CHECK(result.change.before == denied);
  CHECK(result.attempts == 1);
  CHECK_FALSE(result.asked);
}

TEST_CASE("what the shopper has changed since stays, is confirmed, and the input's word is remembered") {
  sync::Delivery row = delivery(allowed, allowed);
  const consent::ChangeResult result = done(answer(row, verdict::Holds{denied}));
  CHECK(result.outcome == Outcome::unchanged);
  CHECK(result.held == denied);
  CHECK(result.asked == allowed);
  CHECK(result.change.before == denied);
  CHECK(result.reason.find("as the shopper chose") != std::string::npos);
}

TEST_CASE("a change is cut down to what the store still calls for, and says what it left alone") {
  const Choice held = Choice::from_masks(0b0101, 0b1010).value();     // analytics allowed
  const Choice wants = Choice::from_masks(0b0111, 0b1000).value();    // functional too
  const Choice shopper = Choice::from_masks(0b0001, 0b1110).value();  // analytics withdrawn since
  sync::Delivery row = delivery(held, wants);
  CHECK(proceeds(answer(row, verdict::Holds{shopper})));
  CHECK(row.change().wanted == Choice::from_masks(0b0011, 0b1100).value());
  const consent::ChangeResult result = done(answer(row, verdict::Applied{row.change().wanted}));
  CHECK(result.outcome == Outcome::applied);
  CHECK(result.asked == wants);
  CHECK(result.reason.find("analytics=deny") != std::string::npos);
}

TEST_CASE("a store that holds it already is sent nothing") {
  sync::Delivery row = delivery(std::nullopt, allowed);
  const consent::ChangeResult result = done(answer(row, verdict::Holds{allowed}));
  CHECK(result.outcome == Outcome::unchanged);
  CHECK(result.held == allowed);
  CHECK_FALSE(result.reason.empty());
}

TEST_CASE("the policy may leave it to a person") {
  sync::AskingOptions asking = checking();
  asking.policy.drift = plan::Drift::conflict;
  sync::Delivery row = delivery(Choice(), allowed, asking);
  const consent::ChangeResult result = done(answer(row, verdict::Holds{denied}));
  CHECK(result.outcome == Outcome::conflict);
  CHECK_FALSE(result.held);
}

TEST_CASE("the answer may show that the direction is not permitted") {
  sync::AskingOptions asking = checking();
  asking.policy.direction = plan::Direction::withdraw_only;
  sync::Delivery row = delivery(allowed, denied, asking);
  // The shopper has denied all by now; a row that grants nothing and takes nothing.
  CHECK(done(answer(row, verdict::Holds{denied})).outcome == Outcome::unchanged);
  asking.policy.first_run = plan::FirstRun::input;
  sync::Delivery grant = delivery(std::nullopt, allowed, asking);
  CHECK(done(answer(grant, verdict::Holds{denied})).outcome == Outcome::held_back);
}

TEST_CASE("every try asks anew, and a try that was applied after all is applied by the store's word") {
  sync::Delivery row = delivery(denied, allowed);
  answer(row, verdict::Holds{denied});
  CHECK(std::holds_alternative<step::RetryAfter>(answer(row, verdict::Retry{true, "no answer"}, 0)));
  CHECK(row.asks());
  const consent::ChangeResult result = done(answer(row, verdict::Holds{allowed}));
  CHECK(result.outcome == Outcome::applied);
  CHECK(result.held == allowed);
  CHECK(result.change.before == denied);
}

TEST_CASE("what an earlier process may have sent is applied when the store holds it") {
  sync::Delivery row = delivery(denied, allowed, checking(), true);
  CHECK(done(answer(row, verdict::Holds{allowed})).outcome == Outcome::applied);
}

TEST_CASE("a throttled change asks again before it is sent again") {
  sync::Delivery row = delivery(denied, allowed);
  answer(row, verdict::Holds{denied});
  CHECK(std::holds_alternative<step::Again>(answer(row, verdict::Throttled{true}, 429)));
  CHECK(row.asks());
  CHECK(row.attempts() == 0);
}

TEST_CASE("a question that finds nobody, or no answer, ends the row and can have applied nothing") {
  sync::Delivery missing = delivery(denied, allowed);
  CHECK(done(answer(missing, verdict::EndRow{Outcome::not_found, "no such customer"}, 404)).outcome ==
        Outcome::not_found);
  sync::Delivery silent = delivery(denied, allowed);
  answer(silent, verdict::Retry{false, "x"}, 500);
  answer(silent, verdict::Retry{false, "x"}, 500);
  CHECK(done(answer(silent, verdict::Retry{false, "x"}, 500)).outcome == Outcome::failed);
}

TEST_CASE("a store that echoes something else is not taken for a shopper") {
  sync::Delivery row = delivery(analytics_only, allowed);
  answer(row, verdict::Holds{analytics_only});
  CHECK(std::holds_alternative<step::RetryAfter>(answer(row, verdict::Differs{denied})));
  CHECK_FALSE(row.asks());
  SUBCASE("when it does so again") {
    CHECK(done(answer(row, verdict::Differs{denied})).outcome == Outcome::mismatch);
  }
  SUBCASE("when the next try is no answer, and it is asked before the one after") {
    answer(row, verdict::StoreDown{"maintenance"}, 503);
    CHECK(row.asks());
    CHECK(proceeds(answer(row, verdict::Holds{denied})));
    CHECK_FALSE(row.asks());
    CHECK(row.change().wanted == allowed);
    CHECK(row.change().before == analytics_only);
    CHECK(done(answer(row, verdict::Applied{allowed})).outcome == Outcome::applied);
  }
  SUBCASE("while a shopper who chooses meanwhile is heeded") {
    answer(row, verdict::Throttled{true}, 429);
    CHECK(proceeds(answer(row, verdict::Holds{Choice::from_masks(0b0011, 0b1100).value()})));
    CHECK(row.change().wanted == Choice::from_masks(0b1011, 0b0100).value());
  }
}

TEST_CASE("an approved change is sent as it was planned, or not at all") {
  sync::AskingOptions asking = checking();
  asking.approved = true;
  sync::Delivery same = delivery(denied, allowed, asking);
  CHECK(proceeds(answer(same, verdict::Holds{denied})));
  sync::Delivery moved = delivery(denied, allowed, asking);
  const consent::ChangeResult result = done(answer(moved, verdict::Holds{analytics_only}));
  CHECK(result.outcome == Outcome::conflict);
  CHECK(result.reason.find("the store has moved") == 0);
  CHECK(result.change.before == analytics_only);
  // Nothing was known when it was planned: it may be sent if that is still what would be sent.
  sync::Delivery unknown = delivery(std::nullopt, allowed, asking);
  CHECK(proceeds(answer(unknown, verdict::Holds{Choice()})));
  sync::Delivery other = delivery(std::nullopt, allowed, asking);
  CHECK(done(answer(other, verdict::Holds{analytics_only})).outcome == Outcome::conflict);
}

TEST_CASE("that an approved change may have been sent gives it no right over what the store has moved to") {
  sync::AskingOptions asking = checking();
  asking.approved = true;
  asking.policy.drift = plan::Drift::input;
  sync::Delivery taken_up = delivery(denied, allowed, asking, true);
  CHECK(done(answer(taken_up, verdict::Holds{analytics_only})).outcome == Outcome::conflict);
  sync::Delivery same = delivery(denied, allowed, asking, true);
  CHECK(proceeds(answer(same, verdict::Holds{denied})));
  sync::Delivery applied = delivery(denied, allowed, asking, true);
  CHECK(done(answer(applied, verdict::Holds{allowed})).outcome == Outcome::applied);
  sync::Delivery silent = delivery(denied, allowed, asking);
  answer(silent, verdict::Holds{denied});
  answer(silent, verdict::Retry{true, "no answer"}, 0);
  CHECK(done(answer(silent, verdict::Holds{analytics_only})).outcome == Outcome::conflict);
}

TEST_CASE("an audit compares what the input decides, and sends nothing") {
  sync::AskingOptions asking;
  asking.only_ask = true;
  sync::Delivery row = delivery(std::nullopt, Choice::from_masks(0, 0b0100).value(), asking);
  CHECK(row.asks());
  const consent::ChangeResult agrees = done(answer(row, verdict::Holds{denied}));
  CHECK(agrees.outcome == Outcome::in_sync);
  CHECK(agrees.change.before == denied);
  CHECK(agrees.attempts == 1);
  sync::Delivery drifted = delivery(std::nullopt, denied, asking);
  CHECK(done(answer(drifted, verdict::Holds{allowed})).outcome == Outcome::drifted);
}

TEST_CASE(
    "an audit's question changes nothing, whoever has asked it before, and ends as no answer to a change "
    "does") {
  sync::AskingOptions asking;
  asking.only_ask = true;
  const sync::Delivery first = delivery(std::nullopt, denied, asking, true);
  sync::Delivery missing = first;
  CHECK(done(answer(missing, verdict::EndRow{Outcome::not_found, "no such customer"}, 404)).outcome ==
        Outcome::not_found);
  sync::Delivery refused = first;
  const consent::ChangeResult why = done(answer(refused, verdict::EndRow{Outcome::rejected, "no"}, 422));
  CHECK(why.outcome == Outcome::failed);
  CHECK(why.reason == "no");
  CHECK(why.attempts == 1);
  sync::Delivery silent = first;
  sync::Step step = answer(silent, verdict::Retry{false, "500"}, 500);
  while (!std::holds_alternative<step::Done>(step)) step = answer(silent, verdict::Retry{false, "500"}, 500);
  CHECK(done(step).outcome == Outcome::failed);
  CHECK(first.unfinished().reason.empty());
}

TEST_CASE("a canary is read back, and is applied only when the store still holds it") {
  sync::AskingOptions asking;
  asking.read_back = true;
  sync::Delivery row = delivery(denied, allowed, asking);
  CHECK_FALSE(row.asks());
  CHECK(proceeds(answer(row, verdict::Applied{allowed})));
  CHECK(row.asks());
  CHECK(done(answer(row, verdict::Holds{allowed})).outcome == Outcome::applied);

  sync::Delivery forgetful = delivery(denied, allowed, asking);
  answer(forgetful, verdict::Applied{allowed});
  const consent::ChangeResult other = done(answer(forgetful, verdict::Holds{denied}));
  CHECK(other.outcome == Outcome::mismatch);
  CHECK(other.held == denied);

  sync::Delivery silent = delivery(denied, allowed, asking);
  answer(silent, verdict::Applied{allowed});
  CHECK(std::holds_alternative<step::Again>(answer(silent, verdict::Throttled{true}, 429)));
  CHECK(silent.asks());
  answer(silent, verdict::Retry{false, "x"}, 500);
  const consent::ChangeResult unread = done(answer(silent, verdict::Retry{false, "x"}, 500));
  CHECK(unread.outcome == Outcome::unknown);
  CHECK(unread.held == allowed);
}

TEST_CASE("without a question the ledger's knowledge says what to remember and what was held back") {
  sync::AskingOptions asking;
  asking.policy.direction = plan::Direction::withdraw_only;
  const Choice wants = Choice::from_masks(0b0101, 0b1010).value();
  const consent::Change change{7, consent::CustomerId::from(42).value(),
                               Choice::from_masks(0b0011, 0b1100).value(), denied, wants};
  sync::Delivery row(change, {3, {100ms, 1s}}, asking);
  const consent::ChangeResult result = done(answer(row, verdict::Applied{denied}));
  CHECK(result.outcome == Outcome::applied);
  CHECK(result.reason.find("held back") != std::string::npos);
  CHECK_FALSE(result.asked);
}
