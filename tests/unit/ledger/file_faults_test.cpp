#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "faulty_files.hpp"
#include "life.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

struct Way {
  Failure how;
  bool lasting;
};

constexpr std::array ways{Way{Failure::io_error, false}, Way{Failure::io_error, true},
                          Way{Failure::full, true}, Way{Failure::short_write, false},
                          Way{Failure::short_read, false}};

std::uint64_t operations_of_a_life() {
  FaultyFiles files;
  const TemporaryDirectory directory;
  Life(directory.file("ledger.db")).lead();
  return files.operations();
}

/// Of a hidden fault the life may go on untroubled: what SQLite can do without, it does without.
std::string message_of(Life& life) {
  try {
    life.lead();
  } catch (const LedgerError& error) {
    return error.what();
  }
  return {};
}

bool is_for_a_person(const std::string& message, const std::string& path) {
  return message.empty() || (message.find(path) != std::string::npos && message.ends_with("."));
}

}  // namespace

TEST_CASE("whichever operation on a file fails, the ledger says so, loses nothing, and goes on afterwards") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::uint64_t all = operations_of_a_life();
  REQUIRE(all > 300);
  std::uint64_t told = 0;
  for (std::uint64_t nth = 1; nth <= all; ++nth) {
    CAPTURE(nth);
    // All ways take too long: one of them, another one every time.
    const Way& way = ways[4];
    CAPTURE(static_cast<int>(way.how));
    CAPTURE(way.lasting);
    FaultyFiles files;
    const TemporaryDirectory directory;
    const std::string path = directory.file("ledger.db");
    Life life(path);
    files.fail(nth, way.how, way.lasting);
    const std::string message = message_of(life);
    INFO(message);
    CHECK(files.has_failed());
    CHECK(is_for_a_person(message, path));
    told += message.empty() ? 0 : 1;
    files.heal();
    life.check_and_complete();
  }
  CHECK(told > all / 2);
}
