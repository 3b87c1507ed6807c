#include <doctest/doctest.h>

#include <consent_sync/store/codec.hpp>
#include <consent_sync/store/judge.hpp>

#include "choice_of_seven.hpp"

namespace {

using namespace consent_sync::store;
using consent_sync::consent::Choice;
using consent_sync::consent::Outcome;
using consent_sync::store::test::asked;

Verdict judge_status(int status, std::string body = {}) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return judge_put(Exchange(reply), asked);
}

template <class Kind>
bool is(const Verdict& verdict) {
  return std::holds_alternative<Kind>(verdict);
}

bool stops(const Verdict& verdict, StopCause cause) {
  const auto* stop = std::get_if<verdict::StopRun>(&verdict);
  return stop != nullptr && stop->cause == cause && !stop->reason.empty();
}

bool retries(const Verdict& verdict, bool may_have_applied) {
  const auto* retry = std::get_if<verdict::Retry>(&verdict);
  return retry != nullptr && retry->may_have_applied == may_have_applied && !retry->reason.empty();
}

bool ends(const Verdict& verdict, Outcome outcome) {
  const auto* end = std::get_if<verdict::EndRow>(&verdict);
  return end != nullptr && end->outcome == outcome && !end->reason.empty();
}

// What the API's status table, and the rule for what it does not name, ask for.
bool as_the_table_says(int status, const Verdict& verdict) {
  switch (status) {
    case 200:
      return retries(verdict, true);  // no readable body
    case 401:
    case 403:
      return stops(verdict, StopCause::refused);
    case 404:
      return ends(verdict, Outcome::not_found);
    case 409:
    case 423:
      return retries(verdict, false);
    case 422:
      return ends(verdict, Outcome::rejected);
    case 429:
      return is<verdict::Throttled>(verdict);
    case 408:
    case 499:
    case 500:
    case 502:
    case 504:
      return retries(verdict, true);
    case 501:
    case 507:
      return stops(verdict, StopCause::unavailable);
    case 503:
      return is<verdict::StoreDown>(verdict);
    default:
      break;
  }
  if (status >= 300 && status < 500) return stops(verdict, StopCause::misconfigured);
  return retries(verdict, true);
}

TEST_CASE("every status from 100 to 599 is judged as the table says") {
  for (int status = 100; status <= 599; ++status) {
    CAPTURE(status);
    CHECK(as_the_table_says(status, judge_status(status)));
  }
}

TEST_CASE("a status beyond any table may have been applied") {
  CHECK(retries(judge_status(0), true));
  CHECK(retries(judge_status(600), true));
  CHECK(retries(judge_status(999), true));
}

TEST_CASE("a 200 is applied only if the store holds what was asked") {
  const Verdict same = judge_status(200, encode_choice(asked));
  REQUIRE(is<verdict::Applied>(same));
  CHECK(std::get<verdict::Applied>(same).held == asked);
  for (unsigned code = 0; code < 256; ++code) {
    const auto held = Choice::from_code(code);
    if (!held || *held == asked) continue;
    CAPTURE(code);
    const Verdict other = judge_status(200, encode_choice(*held));
    REQUIRE(is<verdict::Differs>(other));
    CHECK(std::get<verdict::Differs>(other).held == *held);
  }
}

TEST_CASE("a 200 that is cut off or unreadable may have been applied") {
  CHECK(retries(judge_status(200, R"({"allow":["essential")"), true));
  CHECK(retries(judge_status(200, "<html>"), true));
  Reply reply;
  reply.status = 200;
  reply.body = encode_choice(asked);
  reply.body_truncated = true;
  CHECK(retries(judge_put(Exchange(reply), asked), true));
}

TEST_CASE("a 429 with rate headers is a spent quota, without them a busy platform") {
  Reply reply;
  reply.status = 429;
  CHECK_FALSE(std::get<verdict::Throttled>(judge_put(Exchange(reply), asked)).spent);
  reply.rate.reset_ms = 1000;
  CHECK(std::get<verdict::Throttled>(judge_put(Exchange(reply), asked)).spent);
  reply.rate.reset_ms.reset();
  reply.rate.left = 0;
  CHECK(std::get<verdict::Throttled>(judge_put(Exchange(reply), asked)).spent);
}

TEST_CASE("a redirect names where it points to") {
  Reply reply;
  reply.status = 301;
  reply.location = "https://elsewhere.example/\x1b[2J";
  const Verdict verdict = judge_put(Exchange(reply), asked);
  REQUIRE(stops(verdict, StopCause::misconfigured));
  const std::string& reason = std::get<verdict::StopRun>(verdict).reason;
  CHECK(reason.find("https://elsewhere.example/") != std::string::npos);
  CHECK(reason.find('\x1b') == std::string::npos);
}

TEST_CASE("a refused row carries the store's own words, without e-mail addresses") {
  const Verdict verdict =
      judge_status(422, R"({"title":"Bad","errors":{"allow":"unknown for a@b.example"}})");
  REQUIRE(ends(verdict, Outcome::rejected));
  CHECK(std::get<verdict::EndRow>(verdict).reason ==
        R"(The store answered 422: "Bad; allow: unknown for [e-mail]")");
}

TEST_CASE("where the store's own words end is beyond doubt, whatever they are") {
  const Verdict refused = judge_status(422, R"({"title":"\"a\", \"b\" and c:\\"})");
  REQUIRE(ends(refused, Outcome::rejected));
  CHECK(std::get<verdict::EndRow>(refused).reason == R"(The store answered 422: "\"a\", \"b\" and c:\\")");
  const Verdict stopped = judge_status(401, R"({"title":"No"})");
  REQUIRE(stops(stopped, StopCause::refused));
  CHECK(std::get<verdict::StopRun>(stopped).reason.starts_with(R"(The store answered 401: "No". Check)"));
}

TEST_CASE("every kind of transport failure is judged, in every phase") {
  for (const Phase phase :
       {Phase::resolve, Phase::connect, Phase::proxy, Phase::handshake, Phase::write, Phase::read}) {
    for (unsigned flags = 0; flags < 16; ++flags) {
      TransportFailure failure;
      failure.phase = phase;
      failure.timed_out = (flags & 1U) != 0;
      failure.cancelled = (flags & 2U) != 0;
      failure.misconfigured = (flags & 4U) != 0;
      failure.may_have_arrived = (flags & 8U) != 0;
      failure.message = "why";
      const Verdict verdict = judge_put(Exchange(failure), asked);
      CAPTURE(flags);
      if (failure.cancelled) {
        REQUIRE(is<verdict::Cancelled>(verdict));
        CHECK(std::get<verdict::Cancelled>(verdict).may_have_applied == failure.may_have_arrived);
      } else if (failure.misconfigured) {
        CHECK(stops(verdict, StopCause::misconfigured));
      } else {
        CHECK(retries(verdict, failure.may_have_arrived));
      }
    }
  }
}

TEST_CASE("a question answers itself, and nothing can have been applied by it") {
  for (int status = 100; status < 600; ++status) {
    CAPTURE(status);
    Reply reply;
    reply.status = status;
    const Verdict put = judge_put(Exchange(reply), asked);
    const Verdict get = judge_get(Exchange(reply));
    if (std::holds_alternative<verdict::Retry>(put)) {
      CHECK(retries(get, false));
    } else {
      CHECK(get.index() == put.index());
    }
  }
  Reply reply;
  reply.status = 200;
  reply.body = encode_choice(asked);
  REQUIRE(is<verdict::Holds>(judge_get(Exchange(reply))));
  CHECK(std::get<verdict::Holds>(judge_get(Exchange(reply))).held == asked);
  reply.body_truncated = true;
  CHECK(retries(judge_get(Exchange(reply)), false));
  TransportFailure failure;
  failure.may_have_arrived = true;
  failure.message = "why";
  CHECK(retries(judge_get(Exchange(failure)), false));
  failure.cancelled = true;
  CHECK_FALSE(std::get<verdict::Cancelled>(judge_get(Exchange(failure))).may_have_applied);
}

TEST_CASE("a list that is too long is asked for in smaller parts, and one that is refused stops the run") {
  const auto judge_list_status = [](int status, const char* body) {
    Reply reply;
    reply.status = status;
    reply.body = body;
    return judge_customers(Exchange(reply));
  };
  CHECK(is<verdict::Listed>(judge_list_status(200, R"({"data":[{"id":1}]})")));
  for (const int status : {413, 414, 431}) CHECK(is<verdict::TooMany>(judge_list_status(status, "")));
  CHECK(retries(judge_list_status(200, "<html>"), false));
  CHECK(retries(judge_list_status(502, ""), false));
  CHECK(is<verdict::Throttled>(judge_list_status(429, "")));
  for (const int status : {404, 422}) CHECK(stops(judge_list_status(status, ""), StopCause::misconfigured));
  TransportFailure failure;
  failure.may_have_arrived = true;
  failure.message = "why";
  CHECK(retries(judge_customers(Exchange(failure)), false));
}

TEST_CASE("a list that was cut off on its way is asked for again as it was; one without room, in parts") {
  Reply reply;
  reply.status = 200;
  reply.body = R"({"data":[)";
  reply.body_truncated = true;
  CHECK(retries(judge_customers(Exchange(reply)), false));
  reply.body_too_long = true;
  CHECK(is<verdict::TooMany>(judge_customers(Exchange(reply))));
}

}  // namespace
