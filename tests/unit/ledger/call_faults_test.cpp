#include <doctest/doctest.h>

#include "faulty_calls.hpp"
#include "faulty_files.hpp"
#include "life.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;
using Mishap = FaultyCalls::Mishap;

namespace {

/// Leads a life in which the n-th call goes wrong; what the ledger said of it. False once there is no n-th.
bool lead_with_fault(std::uint64_t nth, Mishap fault, std::string& message) {
  const FaultyFiles without_syncing;
  const TemporaryDirectory directory;
  const std::string path = directory.file("ledger.db");
  Life life(path);
  bool has_failed = false;
  message.clear();
  {
    const FaultyCalls faulty(nth, fault);
    try {
      life.lead();
    } catch (const LedgerError& error) {
      message = error.what();
    }
    has_failed = faulty.has_failed();
  }
  if (!message.empty()) CHECK(message.find(path) != std::string::npos);
  life.check_and_complete();
  return has_failed;
}

}  // namespace

TEST_CASE(
    "a call that is interrupted or does half of its work, or a disk without nameless files, changes "
    "nothing" *
    doctest::test_suite("file")) {
  for (const Mishap fault : {Mishap::interrupted, Mishap::half, Mishap::unsupported}) {
    CAPTURE(static_cast<int>(fault));
    std::uint64_t nth = 1;
    for (std::string message; lead_with_fault(nth, fault, message); ++nth) {
      CAPTURE(nth);
      CHECK(message.empty());
    }
    CHECK(nth > (fault == Mishap::unsupported ? 10 : 20));
  }
}

TEST_CASE("a disk that fails beside the ledger is an error that says what to do, and nothing is lost" *
          doctest::test_suite("file")) {
  for (const Mishap fault : {Mishap::io_error, Mishap::full, Mishap::ends}) {
    CAPTURE(static_cast<int>(fault));
    std::uint64_t full = 0;
    std::string message;
    for (std::uint64_t nth = 1; lead_with_fault(nth, fault, message); ++nth) {
      CAPTURE(nth);
      INFO(message);
      // An empty key is one that has to be made.
      const bool is_new_key = fault == Mishap::ends && nth == 1;
      CHECK((message.ends_with(".") || is_new_key));
      if (message.find("No space is left") != std::string::npos) ++full;
    }
    CHECK((full > 5) == (fault == Mishap::full));
  }
}
