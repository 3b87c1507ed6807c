#include <string>

#include <consent_sync/store/codec.hpp>
#include <consent_sync/store/judge.hpp>

#include "allocations.hpp"

using namespace consent_sync::store;
using consent_sync::consent::Choice;
using consent_sync::memory::survives_every_failure;

namespace {

const Choice asked = Choice::from_masks(0b0101, 0b1010).value();

Exchange replied(int status, const std::string& body) {
  Reply reply;
  reply.status = status;
  reply.body = body;
  return Exchange(reply);
}

/// Which verdict, and with what reason.
std::pair<std::size_t, std::string> in_short(const Verdict& verdict) {
  std::string reason;
  if (const auto* end = std::get_if<verdict::EndRow>(&verdict)) reason = end->reason;
  if (const auto* retry = std::get_if<verdict::Retry>(&verdict)) reason = retry->reason;
  if (const auto* stop = std::get_if<verdict::StopRun>(&verdict)) reason = stop->reason;
  return {verdict.index(), reason};
}

const std::string customers =
    R"({"data":[{"id":1,"email":"somebody-with-a-long-name@example.com"},{"id":2}],"meta":{"pagination":)"
    R"({"current_page":1,"total_pages":2}}})";
const std::string error =
    R"({"status":422,"title":"It is not as it should be","errors":{"allow":["no such category: x"]}})";

}  // namespace

TEST_CASE("no memory while a reply is decoded: it is no other reply") {
  const std::string body = encode_choice(asked);
  survives_every_failure(decode_choice(body), [&] { return decode_choice(body); });
  const auto ids = [&] {
    const auto page = decode_customers(customers);
    return page ? std::pair(page->customers, page->emails)
                : decltype(std::pair(page->customers, page->emails))();
  };
  REQUIRE(ids().first.size() == 2);
  survives_every_failure(ids(), ids);
  for (const std::string& text : {error, std::string("<html><body>A proxy says no.</body></html>")})
    survives_every_failure(describe_error_body(text), [&] { return describe_error_body(text); });
}

TEST_CASE("no memory while a reply is judged: it is judged as it is, or not at all") {
  for (const Exchange& exchange : {replied(200, " " + encode_choice(asked)), replied(200, "[]"),
                                   replied(422, error), replied(403, error), replied(500, error)}) {
    CAPTURE(std::get<Reply>(exchange.result).status);
    const auto judge = [&] { return in_short(judge_put(exchange, asked)); };
    survives_every_failure(judge(), judge);
  }
  const Exchange list = replied(200, customers);
  const auto judge = [&] { return in_short(judge_customers(list)); };
  survives_every_failure(judge(), judge);
}
