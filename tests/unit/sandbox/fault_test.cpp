#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <string>

#include <consent_sync/sandbox/fault.hpp>

#include "contains.hpp"

using namespace consent_sync::sandbox;
using consent_sync::test::contains;
using namespace std::chrono_literals;

namespace {

std::string complaint_about(std::string_view text) {
  try {
    parse_fault(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a name alone strikes every request") {
  const auto fault = parse_fault("500");
  CHECK(fault.kind == FaultKind::status);
  CHECK(fault.status == 500);
  CHECK_FALSE(fault.requests);
  CHECK_FALSE(fault.probability);
  CHECK_FALSE(fault.customers);
}

TEST_CASE("a request number and a range of them are read") {
  const auto one = parse_fault("500@5");
  REQUIRE(one.requests);
  CHECK(one.requests->first == 5);
  CHECK(one.requests->last == 5);
  const auto some = parse_fault("503@10-20");
  REQUIRE(some.requests);
  CHECK(some.requests->first == 10);
  CHECK(some.requests->last == 20);
}

TEST_CASE("a decimal point makes a probability") {
  CHECK(parse_fault("reset-after-apply@0.01").probability == doctest::Approx(0.01));
  CHECK(parse_fault("429-bare@1.0").probability == doctest::Approx(1.0));
  CHECK_FALSE(parse_fault("429-bare@1").probability);
}

TEST_CASE("customers follow a hash, also together with request numbers") {
  const auto fault = parse_fault("500@1-2#100-120");
  REQUIRE(fault.customers);
  CHECK(fault.customers->first == 100);
  CHECK(fault.customers->last == 120);
  REQUIRE(fault.requests);
  CHECK(fault.requests->last == 2);
}

TEST_CASE("times and numbers follow a colon") {
  CHECK(parse_fault("stall:2s@3").duration == 2s);
  CHECK(parse_fault("stall").duration == 60s);
  CHECK(parse_fault("slow:250ms").duration == 250ms);
  CHECK(parse_fault("stall-after-apply:1m#4").duration == 1min);
  CHECK(parse_fault("drain:20@7").units == 20);
}

TEST_CASE("every fault of the table can be written and has its name back") {
  std::set<std::string_view> names;
  for (const auto& info : fault_table()) {
    CAPTURE(info.name);
    std::string text(info.name);
    if (info.argument == FaultArgument::duration) text += ":5ms";
    if (info.argument == FaultArgument::count) text += ":5";
    CHECK(name_of(parse_fault(text)) == info.name);
    CHECK(names.insert(info.name).second);
    CHECK_FALSE(info.description.empty());
  }
}

TEST_CASE("an unknown name is answered with the known ones") {
  const auto message = complaint_about("50@5");
  CHECK(contains(message, "'50' is no fault"));
  for (const auto& info : fault_table()) CHECK(contains(message, info.name));
}

TEST_CASE("what is wrong with a fault is said") {
  CHECK(contains(complaint_about("500@x"), "no request number"));
  CHECK(contains(complaint_about("500@0"), "no request number"));
  CHECK(contains(complaint_about("500@20-10"), "no request number"));
  CHECK(contains(complaint_about("500@"), "no request number"));
  CHECK(contains(complaint_about("500@1.5"), "no probability"));
  CHECK(contains(complaint_about("500@nan.0"), "no probability"));
  CHECK(contains(complaint_about("500#"), "no customer id"));
  CHECK(contains(complaint_about("500#-3"), "no customer id"));
  CHECK(contains(complaint_about("500:2s"), "takes nothing"));
  CHECK(contains(complaint_about("stall:2"), "needs a time"));
  CHECK(contains(complaint_about("stall:s"), "needs a time"));
  CHECK(contains(complaint_about("slow"), "needs a time"));
  CHECK(contains(complaint_about("drain"), "needs a number"));
  CHECK(contains(complaint_about("drain:0"), "needs a number"));
  CHECK(contains(complaint_about(""), "is no fault"));
}
