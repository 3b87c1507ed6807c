#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include <consent_sync/store/codec.hpp>
#include <consent_sync/store/judge.hpp>

#include "choice_of_seven.hpp"
#include "client_fixture.hpp"
#include "exchange_result.hpp"
#include "scripted_server.hpp"

namespace {

using namespace consent_sync::store;
using namespace consent_sync::store::test;
using consent_sync::consent::Choice;
namespace asio = boost::asio;

constexpr std::string_view token = "token-of-the-tests";

std::string ok_reply(const std::string& more_headers = {}) {
  const std::string body = encode_choice(asked);
  return "HTTP/1.1 200 OK\r\n" + more_headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// What comes of `times` PUTs to a server that follows these scripts.
std::vector<Exchange> put_times(int times, std::vector<Script> scripts, std::string_view with_token = token) {
  const ScriptedServer server(std::move(scripts));
  const TemporaryDirectory directory;
  ClientOptions options;
  options.api_url = server.api_url();
  options.store_hash = "abc";
  options.token = with_token;
  options.ca_file = directory.path() / "ca.pem";
  options.user_agent = "consent-sync-test/1.0";
  options.correlation_id = "id";
  options.timeout = std::chrono::seconds(10);
  std::ofstream(options.ca_file) << server.authority();
  const auto factory = make_client_factory(options);
  asio::io_context io(1);
  const auto client = factory->make(io.get_executor());
  std::vector<Exchange> results;
  const auto scenario = [&]() -> asio::awaitable<void> {
    for (int n = 0; n < times; ++n) {
      Exchange done = co_await client->put_consent(seven, asked);
      results.push_back(std::move(done));
    }
    client->abort();
  };
  asio::co_spawn(io, scenario(), [](std::exception_ptr) {});
  io.run();
  REQUIRE(results.size() == static_cast<std::size_t>(times));
  return results;
}

TEST_CASE("rate headers are found whatever their case, and only where they are numbers") {
  const auto results =
      put_times(2, {{ok_reply("x-rate-limit-requests-left: 12\r\nX-RATE-LIMIT-REQUESTS-QUOTA: 150\r\n"
                              "X-Rate-Limit-Time-Reset-Ms: soon\r\nX-Rate-Limit-Time-Window-Ms:\r\n"),
                     ok_reply("X-Rate-Limit-Requests-Left: -3\r\nX-Rate-Limit-Time-Reset-Ms: 12x\r\n"
                              "X-Rate-Limit-Requests-Quota: 99999999999999999999\r\n")}});
  CHECK(reply_of(results[0]).rate.left == 12);
  CHECK(reply_of(results[0]).rate.quota == 150);
  CHECK_FALSE(reply_of(results[0]).rate.reset_ms);
  CHECK_FALSE(reply_of(results[0]).rate.window_ms);
  CHECK(reply_of(results[1]).rate.left == -3);
  CHECK_FALSE(reply_of(results[1]).rate.reset_ms);
  CHECK_FALSE(reply_of(results[1]).rate.quota);
}

TEST_CASE("of a header that comes twice the first counts") {
  const std::string redirect =
      "HTTP/1.1 302 Found\r\nLocation: https://first.example/\r\n"
      "Location: https://second.example/\r\nX-Rate-Limit-Requests-Left: 7\r\n"
      "X-Rate-Limit-Requests-Left: 9\r\nContent-Length: 0\r\n\r\n";
  const auto results = put_times(1, {{redirect}});
  CHECK(reply_of(results[0]).location == "https://first.example/");
  CHECK(reply_of(results[0]).rate.left == 7);
}

TEST_CASE("wherever a reply is cut into pieces, it is the same reply") {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nX-Rate-Limit-Requests-Left: 12\r\nTransfer-Encoding: chunked\r\n\r\n"
      "9\r\n{\"allow\":\r\n10\r\n[\"essential\"]  }\r\n0\r\n\r\n";
  for (const std::string& text : {ok_reply("X-Rate-Limit-Requests-Left: 12\r\n"), interim + chunked}) {
    const std::string whole = reply_of(put_times(1, {{text}})[0]).body;
    Script script;
    for (std::size_t at = 1; at < text.size(); ++at) script.push_back(std::string(text).insert(at, 1, '\0'));
    std::string one_by_one;
    for (const char byte : text) one_by_one += {byte, '\0'};
    script.push_back(one_by_one);
    for (const Exchange& exchange : put_times(static_cast<int>(script.size()), {script})) {
      const Reply& reply = reply_of(exchange);
      CHECK(reply.status == 200);
      CHECK(reply.rate.left == 12);
      CHECK(reply.body == whole);
      CHECK_FALSE(reply.body_truncated);
      CHECK_FALSE(exchange.reopened);
    }
  }
}

TEST_CASE("a reply that is cut off at any byte confirms nothing") {
  const std::string text = ok_reply();
  std::vector<Script> scripts;
  for (std::size_t size = 0; size < text.size(); ++size) scripts.push_back({text.substr(0, size)});
  for (const Exchange& exchange : put_times(static_cast<int>(text.size()), scripts)) {
    const Verdict verdict = judge_put(exchange, asked);
    const auto* retry = std::get_if<verdict::Retry>(&verdict);
    REQUIRE(retry != nullptr);
    CHECK(retry->may_have_applied);
  }
}

TEST_CASE(
    "a reply that breaks off on a connection in use was heard, and its request is not sent again at once") {
  const auto results = put_times(2, {{ok_reply(), ok_reply().substr(0, 20)}, {ok_reply()}});
  CHECK(reply_of(results[0]).status == 200);
  CHECK(failure_of(results[1]).may_have_arrived);
  CHECK_FALSE(results[1].reopened);
}

TEST_CASE("a chunked body is put together") {
  const auto results = put_times(2, {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                      "9\r\n{\"allow\":\r\n11\r\n[\"essential\"]   }\r\n0\r\n\r\n",
                                      ok_reply()}});
  CHECK(decode_choice(reply_of(results[0]).body) == Choice::from_masks(1, 0));
  CHECK(reply_of(results[1]).status == 200);
  CHECK_FALSE(results[1].reopened);
}

TEST_CASE("a body of 64 KiB is read in full, and a longer one is cut there") {
  const std::string just(65536, 'x');
  const std::string head = "HTTP/1.1 500 Oops\r\nContent-Length: ";
  const auto results =
      put_times(3, {{head + "65536\r\n\r\n" + just, head + "65537\r\n\r\n" + just + "x"}, {ok_reply()}});
  CHECK(reply_of(results[0]).body == just);
  CHECK_FALSE(reply_of(results[0]).body_truncated);
  CHECK(reply_of(results[1]).status == 500);
  CHECK(reply_of(results[1]).body == just);
  CHECK(reply_of(results[1]).body_truncated);
  CHECK(reply_of(results[1]).body_too_long);
  CHECK(reply_of(results[2]).status == 200);
  CHECK_FALSE(results[2].reopened);
}

TEST_CASE("an interim reply is passed over") {
  const auto results = put_times(1, {{"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok_reply()}});
  CHECK(reply_of(results[0]).status == 200);
}

TEST_CASE("a reply with something behind it ends the use of its connection") {
  const auto results = put_times(2, {{ok_reply() + "HTTP/1.1 200 OK\r\n"}, {ok_reply()}});
  CHECK(reply_of(results[0]).status == 200);
  CHECK(reply_of(results[1]).status == 200);
  CHECK_FALSE(results[1].reopened);
}

TEST_CASE("a 408 on a connection in use is its farewell, and the request goes over a fresh one") {
  const std::string farewell =
      "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  const auto results = put_times(2, {{ok_reply(), farewell}, {ok_reply()}});
  CHECK(reply_of(results[1]).status == 200);
  CHECK(results[1].reopened);
  CHECK(reply_of(put_times(1, {{farewell}})[0]).status == 408);
}

TEST_CASE("a redirect tells its location and is not followed") {
  const auto results = put_times(
      1, {{"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/x\r\nContent-Length: 0\r\n\r\n"}});
  CHECK(reply_of(results[0]).status == 301);
  CHECK(reply_of(results[0]).location == "https://elsewhere.example/x");
}

TEST_CASE("what is no HTTP, or a header without end, is a failure that may have arrived") {
  for (const std::string& text :
       {std::string("SSH-2.0-OpenSSH\r\n\r\n"), "HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x'),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")}) {
    const auto results = put_times(2, {{text}, {ok_reply()}});
    const auto* failure = std::get_if<TransportFailure>(&results[0].result);
    REQUIRE(failure != nullptr);
    CHECK(failure->phase == Phase::read);
    CHECK(failure->may_have_arrived);
    CHECK(failure->message.size() < 300);
    CHECK(reply_of(results[1]).status == 200);
  }
}

TEST_CASE("a reply without a length ends with its connection") {
  const auto results = put_times(2, {{"HTTP/1.1 200 OK\r\n\r\n" + encode_choice(asked)}, {ok_reply()}});
  CHECK(reply_of(results[0]).status == 200);
  CHECK(reply_of(results[1]).status == 200);
  CHECK_FALSE(results[1].reopened);
}

std::string refusal(const std::string& body, const std::string& more_headers = {}, std::size_t size = 0) {
  return "HTTP/1.1 422 " + std::string(token) + "\r\n" + more_headers +
         "Content-Length: " + std::to_string(std::max(size, body.size())) + "\r\n\r\n" + body;
}

std::string reason_in(const Exchange& exchange) {
  const Verdict verdict = judge_put(exchange, asked);
  return std::get<verdict::EndRow>(verdict).reason;
}

TEST_CASE("a store that repeats the token is heard without it") {
  const std::string twice =
      R"({"title":"No )" + std::string(token) + R"(","errors":{"a":")" + std::string(token) + "!\"}}";
  const auto results = put_times(3, {{refusal(twice), refusal("<p>" + std::string(token) + "</p>"),
                                      refusal({}, "Location: /?a=" + std::string(token) + "&b=1\r\n")}});
  CHECK(reason_in(results[0]) == R"(The store answered 422: "No [token]; a: [token]!")");
  CHECK(reason_in(results[1]) == R"(The store answered 422: "[token]")");
  CHECK(reply_of(results[2]).location == "/?a=[token]&b=1");
}

TEST_CASE("a token that the end of a reply cut short is left out as well") {
  const std::string most_of_it(token.substr(0, token.size() - 1));
  const auto results = put_times(
      3,
      {{refusal("No " + most_of_it, {}, 100)}, {refusal("No " + most_of_it)}, {refusal("No to", {}, 100)}});
  CHECK(reason_in(results[0]) == R"(The store answered 422: "No [token]")");
  CHECK(reason_in(results[1]) == "The store answered 422: \"No " + most_of_it + "\"");
  CHECK(reason_in(results[2]) == R"(The store answered 422: "No to")");
}

TEST_CASE("a confirmation is judged as it came, whatever the token is") {
  const auto results = put_times(1, {{ok_reply()}}, "allow");
  CHECK(reply_of(results[0]).body == encode_choice(asked));
}

}  // namespace
