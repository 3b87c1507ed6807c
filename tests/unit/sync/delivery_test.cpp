#include <doctest/doctest.h>

#include <consent_sync/sync/delivery.hpp>

#include "delivery_steps.hpp"

using namespace consent_sync;
using namespace std::chrono_literals;
using consent::Outcome;
using sync::test::done;
using sync::test::noon;
namespace verdict = store::verdict;

namespace {

const consent::Choice asked = consent::Choice::from_masks(0b0001, 0b1110).value();
const consent::Choice other = consent::Choice::from_masks(0b1111, 0).value();

sync::Delivery delivery(int attempts = 3) {
  const consent::Change change{7, consent::CustomerId::from(42).value(), std::nullopt, asked};
  return sync::Delivery(change, {attempts, {100ms, 1s}});
}

bool is_retry(const sync::Step& step) {
  return std::holds_alternative<sync::step::RetryAfter>(step);
}
bool is_again(const sync::Step& step) {
  return std::holds_alternative<sync::step::Again>(step);
}

}  // namespace

TEST_CASE("a confirmed change is applied, with what the store holds and when it said so") {
  const consent::ChangeResult result = done(delivery().on_verdict(verdict::Applied{asked}, 200, noon, 0.5));
  CHECK(result.outcome == Outcome::applied);
  CHECK(result.held == asked);
  CHECK(result.confirmed_at == noon);
  CHECK(result.http_status == 200);
  CHECK(result.attempts == 1);
  CHECK(result.change.line == 7);
  CHECK(result.reason.empty());
}

TEST_CASE(
    "a store that holds something else is asked once more, then the row is a mismatch with what it holds") {
  sync::Delivery row = delivery();
  CHECK(is_retry(row.on_verdict(verdict::Differs{other}, 200, noon, 0.5)));
  const consent::ChangeResult result = done(row.on_verdict(verdict::Differs{other}, 200, noon, 0.5));
  CHECK(result.outcome == Outcome::mismatch);
  CHECK(result.held == other);
  CHECK(result.attempts == 2);
  CHECK_FALSE(result.reason.empty());
}

TEST_CASE("a mismatch that the second try mends is applied") {
  sync::Delivery row = delivery();
  row.on_verdict(verdict::Differs{other}, 200, noon, 0.5);
  CHECK(done(row.on_verdict(verdict::Applied{asked}, 200, noon, 0.5)).outcome == Outcome::applied);
}

TEST_CASE("with every try spent a row is failed when none can have arrived, and unknown when one may have") {
  sync::Delivery never_arrived = delivery(2);
  CHECK(is_retry(never_arrived.on_verdict(verdict::Retry{false, "refused"}, 0, noon, 0.5)));
  CHECK(done(never_arrived.on_verdict(verdict::Retry{false, "refused"}, 0, noon, 0.5)).outcome ==
        Outcome::failed);

  sync::Delivery may_have = delivery(2);
  may_have.on_verdict(verdict::Retry{true, "no answer"}, 0, noon, 0.5);
  const consent::ChangeResult result =
      done(may_have.on_verdict(verdict::Retry{false, "refused"}, 0, noon, 0.5));
  CHECK(result.outcome == Outcome::unknown);
  CHECK(result.attempts == 2);
  CHECK_FALSE(result.held);
  CHECK(result.reason.find("refused") != std::string::npos);
}

TEST_CASE("one try allowed means one try made") {
  CHECK(done(delivery(1).on_verdict(verdict::Retry{false, "refused"}, 0, noon, 0.5)).attempts == 1);
  CHECK(done(delivery(1).on_verdict(verdict::Differs{other}, 200, noon, 0.5)).outcome == Outcome::mismatch);
}

TEST_CASE("waiting out the quota or a store that is down costs a row nothing") {
  sync::Delivery row = delivery(1);
  for (int i = 0; i < 50; ++i) {
    CHECK(is_again(row.on_verdict(verdict::Throttled{true}, 429, noon, 0.5)));
    CHECK(is_again(row.on_verdict(verdict::StoreDown{"maintenance"}, 503, noon, 0.5)));
    CHECK(is_again(row.on_verdict(verdict::Retry{false, "refused"}, 0, noon, 0.5, false)));
  }
  CHECK(row.attempts() == 0);
  CHECK(done(row.on_verdict(verdict::Applied{asked}, 200, noon, 0.5)).attempts == 1);
}

TEST_CASE("a 503 may have hidden a change that was made: such a row never ends as failed") {
  sync::Delivery row = delivery(1);
  row.on_verdict(verdict::StoreDown{"maintenance"}, 503, noon, 0.5);
  CHECK(done(row.on_verdict(verdict::Retry{false, "refused"}, 0, noon, 0.5)).outcome == Outcome::unknown);
}

TEST_CASE("a row that the store refuses ends with the store's reason") {
  const consent::ChangeResult result =
      done(delivery().on_verdict(verdict::EndRow{Outcome::not_found, "no such customer"}, 404, noon, 0.5));
  CHECK(result.outcome == Outcome::not_found);
  CHECK(result.reason == "no such customer");
  CHECK(result.http_status == 404);
}

TEST_CASE("a refusal after a try that may have been applied is settled by asking what the store holds") {
  const verdict::EndRow missing{Outcome::not_found, "no such customer"};
  const verdict::EndRow refused{Outcome::rejected, "bad data"};
  const auto refused_late = [](const verdict::EndRow& end, int attempts = 3) {
    sync::Delivery row = delivery(attempts);
    row.on_verdict(verdict::StoreDown{"maintenance"}, 503, noon, 0.5);
    CHECK(std::holds_alternative<sync::step::Proceed>(row.on_verdict(end, 404, noon, 0.5)));
    CHECK(row.asks());
    return row;
  };
  const auto settled = [&](const verdict::EndRow& end, const store::Verdict& answer, int attempts = 3) {
    sync::Delivery row = refused_late(end, attempts);
    return done(row.on_verdict(answer, 200, noon, 0.5));
  };
  CHECK(settled(missing, verdict::Holds{asked}).outcome == Outcome::applied);
  CHECK(settled(missing, missing).outcome == Outcome::not_found);
  CHECK(settled(refused, verdict::Holds{asked}).outcome == Outcome::applied);
  CHECK(settled(refused, verdict::Holds{other}).outcome == Outcome::rejected);
  CHECK(settled(refused, missing).outcome == Outcome::unknown);
  // That a question is refused says nothing of what the store holds.
  CHECK(settled(refused, refused).outcome == Outcome::unknown);
  SUBCASE("what a store was made to hold by a try that went wrong is no refusal that left all as it was") {
    sync::Delivery row = delivery();
    row.on_verdict(verdict::Differs{other}, 200, noon, 0.5);
    row.on_verdict(refused, 422, noon, 0.5);
    const consent::ChangeResult result = done(row.on_verdict(verdict::Holds{other}, 200, noon, 0.5));
    CHECK(result.outcome == Outcome::mismatch);
    CHECK(result.held == other);
    CHECK(result.reason.find("bad data") != std::string::npos);
  }
  SUBCASE("a store that contradicts itself is tried again while there are tries") {
    sync::Delivery row = refused_late(missing, 2);
    CHECK(is_retry(row.on_verdict(verdict::Holds{other}, 200, noon, 0.5)));
    CHECK_FALSE(row.asks());
    CHECK(done(row.on_verdict(verdict::Applied{asked}, 200, noon, 0.5)).outcome == Outcome::applied);
    CHECK(settled(missing, verdict::Holds{other}, 1).outcome == Outcome::unknown);
  }
  SUBCASE("without an answer nothing is claimed, and no more tries are spent than there are") {
    sync::Delivery row = refused_late(missing, 2);
    CHECK(is_again(row.on_verdict(verdict::Throttled{true}, 429, noon, 0.5)));
    CHECK(row.asks());
    const consent::ChangeResult result = done(row.on_verdict(verdict::Retry{false, "x"}, 500, noon, 0.5));
    CHECK(result.outcome == Outcome::unknown);
    CHECK(result.attempts == 2);
  }
}

TEST_CASE("a stop of the run and a cancelled exchange leave the row without an outcome") {
  const sync::Step stop =
      delivery().on_verdict(verdict::StopRun{store::StopCause::refused, "token refused"}, 401, noon, 0.5);
  REQUIRE(std::holds_alternative<sync::step::Stop>(stop));
  CHECK(std::get<sync::step::Stop>(stop).reason == "token refused");
  CHECK(std::holds_alternative<sync::step::Drop>(
      delivery().on_verdict(verdict::Cancelled{true}, 0, noon, 0.5)));
}

TEST_CASE("each further pause has a higher ceiling") {
  sync::Delivery row = delivery(9);
  std::chrono::milliseconds before{0};
  for (int i = 0; i < 4; ++i) {
    const sync::Step step = row.on_verdict(verdict::Retry{true, "502"}, 502, noon, 0.999);
    REQUIRE(is_retry(step));
    CHECK(std::get<sync::step::RetryAfter>(step).delay > before);
    before = std::get<sync::step::RetryAfter>(step).delay;
  }
}

TEST_CASE("a row whose earlier try may have been applied never ends as failed") {
  const verdict::Retry refused{false, "refused"};
  sync::Delivery differed = delivery(2);
  differed.on_verdict(verdict::Differs{other}, 200, noon, 0.5);
  CHECK(done(differed.on_verdict(refused, 423, noon, 0.5)).outcome == Outcome::unknown);

  sync::Delivery resent = delivery(1);
  resent.on_resent();
  CHECK(done(resent.on_verdict(refused, 409, noon, 0.5)).outcome == Outcome::unknown);

  const consent::Change change{7, consent::CustomerId::from(42).value(), std::nullopt, asked};
  sync::Delivery sent_before_a_crash(change, {1, {100ms, 1s}}, {}, true);
  CHECK(done(sent_before_a_crash.on_verdict(refused, 0, noon, 0.5)).outcome == Outcome::unknown);
}

TEST_CASE("a row that stays pending says whether it may have been applied") {
  sync::Delivery never_left = delivery();
  never_left.on_verdict(verdict::Cancelled{false}, 0, noon, 0.5);
  CHECK(never_left.unfinished().outcome == Outcome::pending);
  CHECK(never_left.unfinished().reason.empty());

  sync::Delivery in_flight = delivery();
  in_flight.on_verdict(verdict::Cancelled{true}, 0, noon, 0.5);
  CHECK(in_flight.unfinished().reason.find("may have been applied") != std::string::npos);
}
