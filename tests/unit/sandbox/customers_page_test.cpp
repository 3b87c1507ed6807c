#include <doctest/doctest.h>

#include <string>

#include "contains.hpp"
#include "customers_page.hpp"

using namespace consent_sync::sandbox;
using consent_sync::test::contains;

namespace {

Reply page(const std::string& query, std::int64_t customers = 1000) {
  return customers_page(parse_route("/stores/a/v3/customers?" + query), customers);
}

}  // namespace

TEST_CASE("without parameters the first 50 customers come, and the way to the next") {
  const auto reply = page("");
  CHECK(reply.status == 200);
  CHECK(reply.body.starts_with(R"({"data":[{"id":1,"email":"customer1@example.com"},{"id":2,)"));
  CHECK(contains(reply.body, R"({"id":50,"email":"customer50@example.com"}])"));
  CHECK(
      contains(reply.body,
               R"("pagination":{"total":1000,"count":50,"per_page":50,"current_page":1,"total_pages":20,)"));
  CHECK(contains(reply.body, R"("links":{"current":"?page=1&limit=50","next":"?page=2&limit=50"})"));
}

TEST_CASE("the last page is short and leads back only") {
  const auto reply = page("page=5&limit=240");
  CHECK(contains(reply.body, R"("data":[{"id":961,)"));
  CHECK(contains(reply.body, R"("total":1000,"count":40,"per_page":240,"current_page":5,"total_pages":5,)"));
  CHECK(contains(reply.body, R"("links":{"previous":"?page=4&limit=240","current":"?page=5&limit=240"})"));
}

TEST_CASE("a page beyond the last one is empty") {
  CHECK(page("page=6&limit=240").body.starts_with(R"({"data":[],)"));
  CHECK(contains(page("page=9223372036854775807&limit=250").body, R"("count":0)"));
}

TEST_CASE("id:in gives those that exist, each once") {
  const auto reply = page("id:in=1001,7,3,7&limit=250");
  CHECK(reply.body.starts_with(
      R"({"data":[{"id":3,"email":"customer3@example.com"},{"id":7,"email":"customer7@example.com"}])"));
  CHECK(contains(reply.body, R"("total":2,"count":2)"));
  CHECK(contains(page("id:in=").body, R"("total":0,"count":0)"));
}

TEST_CASE("the links keep the filter") {
  CHECK(contains(page("id:in=1,2,3&limit=2").body, R"("next":"?id:in=1,2,3&page=2&limit=2")"));
}

TEST_CASE("email:in finds customers in upper or lower case, and nobody else") {
  const auto reply = page(
      "email:in=Customer7%40Example.com,customer07@example.com,customer1001@example.com,x@example.com,"
      "customer@example.com");
  CHECK(reply.body.starts_with(R"({"data":[{"id":7,"email":"customer7@example.com"}])"));
}

TEST_CASE("customers may have addresses of their own, and share them") {
  const AddressBook book(
      1000, {{7, "Jo+news@Example.org"}, {9, "jo+NEWS@example.org"}, {11, "customer12@example.com"}});
  const auto ask = [&](const std::string& query) {
    return customers_page(parse_route("/stores/a/v3/customers?" + query), book);
  };
  CHECK(
      ask("email:in=jo%2Bnews%40example.org")
          .body.starts_with(
              R"({"data":[{"id":7,"email":"Jo+news@Example.org"},{"id":9,"email":"jo+NEWS@example.org"}])"));
  CHECK(contains(ask("email:in=customer12@example.com").body, R"("total":2,"count":2)"));
  CHECK(contains(ask("email:in=customer7@example.com,customer9@example.com").body, R"("total":0,"count":0)"));
  // A "+" that is not encoded is a space.
  CHECK(contains(ask("email:in=jo+news%40example.org").body, R"("total":0,"count":0)"));
}

TEST_CASE("cursors lead through the whole list and back, each customer once") {
  const auto cursor = [](const Reply& reply, const std::string& name) {
    const auto at = reply.body.find("\"" + name + "\":\"");
    if (at == std::string::npos) return std::string();
    const auto start = at + name.size() + 4;
    return reply.body.substr(start, reply.body.find('"', start) - start);
  };
  auto reply = page("limit=2&id:in=1,2,4,8,16");
  CHECK(contains(reply.body, R"("data":[{"id":1,"email":"customer1@example.com"},{"id":2,)"));
  CHECK(contains(reply.body, R"("pagination":{"total":5)"));
  reply = page("limit=2&id:in=1,2,4,8,16&after=" + cursor(reply, "end_cursor"));
  CHECK(contains(reply.body, R"("data":[{"id":4,"email":"customer4@example.com"},{"id":8,)"));
  CHECK_FALSE(contains(reply.body, R"("pagination":{"total")"));
  const auto middle = cursor(reply, "start_cursor");
  reply = page("limit=2&id:in=1,2,4,8,16&after=" + cursor(reply, "end_cursor"));
  CHECK(contains(reply.body, R"("data":[{"id":16,"email":"customer16@example.com"}])"));
  reply = page("limit=2&id:in=1,2,4,8,16&after=" + cursor(reply, "end_cursor"));
  CHECK(contains(reply.body, R"("data":[])"));
  CHECK(cursor(reply, "end_cursor").empty());
  CHECK(contains(page("limit=2&id:in=1,2,4,8,16&before=" + middle).body,
                 R"("data":[{"id":1,"email":"customer1@example.com"},{"id":2,)"));
  CHECK(contains(page("limit=1&before=" + middle).body, R"("data":[{"id":3,)"));
}

TEST_CASE("the second page by number has no cursors") {
  CHECK_FALSE(contains(page("page=2").body, "cursor"));
}

TEST_CASE("two filters both have to hold") {
  CHECK(page("id:in=1,2&email:in=customer2@example.com,customer3@example.com")
            .body.starts_with(R"({"data":[{"id":2,"email":"customer2@example.com"}])"));
}

TEST_CASE("more than 250 a page is too much, and nonsense is invalid") {
  CHECK(page("limit=250").status == 200);
  CHECK(page("limit=251").status == 413);
  for (const auto* query : {"limit=0", "limit=x", "page=0", "page=-1", "id:in=1,x", "id:in=0", "after=x",
                            "after=c", "before=c0"}) {
    CAPTURE(query);
    const auto reply = page(query);
    CHECK(reply.status == 422);
    CHECK(contains(reply.body, R"("errors":{")"));
  }
}
