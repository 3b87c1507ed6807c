#include <doctest/doctest.h>

#include "route.hpp"

using namespace consent_sync::sandbox;

TEST_CASE("a customer's consent is found by its path") {
  const auto route = parse_route("/stores/abc123/v3/customers/42/consent?x=1");
  CHECK(route.kind == RouteKind::consent);
  CHECK(route.store_hash == "abc123");
  CHECK(route.customer == 42);
  CHECK(route.path == "/stores/abc123/v3/customers/42/consent");
}

TEST_CASE("a customer that is no positive number is nobody") {
  for (const auto* id : {"0", "-1", "+1", "x", "1x", "9223372036854775808"}) {
    CAPTURE(id);
    const auto route = parse_route(std::string("/stores/a/v3/customers/") + id + "/consent");
    CHECK(route.kind == RouteKind::consent);
    CHECK_FALSE(route.customer);
  }
}

TEST_CASE("the list of customers comes with its parameters decoded") {
  const auto route = parse_route("/stores/a/v3/customers?id:in=1%2C2,3&email%3Ain=a%40x+y&&limit=5&flag");
  CHECK(route.kind == RouteKind::customers);
  const Query expected{{"id:in", "1,2,3"}, {"email:in", "a@x y"}, {"limit", "5"}, {"flag", ""}};
  CHECK(route.query == expected);
}

TEST_CASE("everything else is unknown, or outside of any store") {
  for (const auto* target :
       {"/stores/a/v3/customers/", "/stores/a/v3/customersx", "/stores/a/v3/customers//consent",
        "/stores/a/v3/customers/1/2/consent", "/stores/a/v2/customers", "/stores/a", "/stores/"}) {
    CAPTURE(target);
    CHECK(parse_route(target).kind == RouteKind::unknown);
  }
  for (const auto* target : {"", "/", "*", "/store/a/v3/customers", "/v3/customers"}) {
    CAPTURE(target);
    CHECK(parse_route(target).kind == RouteKind::outside);
  }
}

TEST_CASE("a percent sign that starts no escape stands for itself") {
  CHECK(percent_decode("100%") == "100%");
  CHECK(percent_decode("%4") == "%4");
  CHECK(percent_decode("%zz%41") == "%zzA");
}
