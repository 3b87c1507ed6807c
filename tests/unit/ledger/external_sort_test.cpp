#include "staging/external_sort.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

struct Entry {
  std::uint64_t number;
  std::uint64_t arrival;
  std::array<char, 1008> weight;  // so that few fit into memory

  std::uint64_t key() const { return number; }
};

Entry entry(std::uint64_t number, std::uint64_t arrival) {
  return {number, arrival, {}};
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> read_all(ExternalSort<Entry>& sort) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
  auto reader = sort.read();
  while (const Entry* next = reader.next()) found.emplace_back(next->number, next->arrival);
  return found;
}

}  // namespace

TEST_CASE("more records than memory holds come back in order, equal ones as they came" *
          doctest::test_suite("file")) {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  TemporaryDirectory directory;
  for (const std::uint64_t count : {0U, 1U, 1000U, 70'000U}) {
    CAPTURE(count);
    ExternalSort<Entry> sort({directory.file(""), "here"});
    std::vector<std::pair<std::uint64_t, std::uint64_t>> expected;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t number = i % 3 == 0 ? random() : random() % 1000;
      sort.make_room(1);
      sort.add(entry(number, i));
      expected.emplace_back(number, i);
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    CHECK(read_all(sort) == expected);
  }
}

TEST_CASE("a sort can be read again, and goes on after it was read" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  ExternalSort<Entry> sort({directory.file(""), "here"});
  sort.make_room(2);
  sort.add(entry(5, 0));
  sort.add(entry(3, 1));
  auto early = sort.read();
  sort.make_room(1);
  sort.add(entry(4, 2));
  CHECK(read_all(sort).size() == 3);
  CHECK(read_all(sort)[1].first == 4);
  CHECK(early.next()->number == 3);
  CHECK(early.next()->number == 5);
  CHECK(early.next() == nullptr);
}
