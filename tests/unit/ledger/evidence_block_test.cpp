#include "evidence_block.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "database/connection.hpp"
#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

EvidenceEntry change_entry(std::uint64_t sequence, std::int64_t id) {
  EvidenceEntry entry;
  entry.sequence = sequence;
  entry.customer = customer(id);
  entry.after = all_allowed;
  entry.confirmed_at = at(5);
  entry.line = static_cast<LineNumber>(id) + 1;
  entry.secret = std::string(16, '\x01');
  entry.link = std::string(32, '\x02');
  return entry;
}

void check_same(const EvidenceEntry& found, const EvidenceEntry& expected) {
  CHECK(found.kind == expected.kind);
  CHECK(found.sequence == expected.sequence);
  CHECK(found.is_erased == expected.is_erased);
  CHECK(found.customer == expected.customer);
  CHECK(found.before == expected.before);
  CHECK(found.after == expected.after);
  CHECK(found.decided_at == expected.decided_at);
  CHECK(found.confirmed_at == expected.confirmed_at);
  CHECK(found.line == expected.line);
  CHECK(found.erases == expected.erases);
  CHECK(found.secret == expected.secret);
  CHECK(found.digest == expected.digest);
  CHECK(found.link == expected.link);
}

void check_comes_out(const std::vector<EvidenceEntry>& entries) {
  EvidenceBlock block;
  for (const EvidenceEntry& entry : entries) block.add(entry);
  CHECK(block.first_sequence() == entries.front().sequence);
  CHECK(block.last_sequence() == entries.back().sequence);
  EvidenceBlockReader reader(block.first_sequence(), block.bytes());
  EvidenceEntry found;
  for (const EvidenceEntry& expected : entries) {
    REQUIRE(reader.next(found));
    check_same(found, expected);
  }
  CHECK_FALSE(reader.next(found));
}

Timestamp any_time(std::mt19937_64& random) {
  return Timestamp(std::chrono::microseconds(static_cast<std::int64_t>(random())));
}

std::string any_bytes(std::size_t size, std::mt19937_64& random) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

EvidenceEntry any_entry(std::uint64_t sequence, std::mt19937_64& random) {
  EvidenceEntry entry;
  entry.sequence = sequence;
  entry.link = any_bytes(32, random);
  entry.is_erased = random() % 4 == 0;
  if (entry.is_erased) {
    entry.digest = any_bytes(32, random);
    return entry;
  }
  entry.secret = any_bytes(16, random);
  entry.confirmed_at = any_time(random);
  if (random() % 4 == 0) {
    entry.kind = EvidenceEntry::Kind::erasure;
    for (auto left = random() % 5; left > 0; --left) entry.erases.push_back(random() >> (random() % 64));
    return entry;
  }
  entry.customer = customer(static_cast<std::int64_t>(random() >> (1 + random() % 62)) | 1);
  if (random() % 2 == 0) entry.before = choice(0b0001, 0b0110);
  entry.after = random() % 2 == 0 ? all_allowed : only_essential;
  if (random() % 2 == 0) entry.decided_at = any_time(random);
  entry.line = static_cast<LineNumber>(random() >> 1);
  return entry;
}

}  // namespace

TEST_CASE("entries come out of a block of evidence as they went in" * doctest::test_suite("file")) {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<EvidenceEntry> entries;
    std::uint64_t sequence = 1 + random() % 1000;
    for (auto left = 1 + random() % 20; left > 0; --left) entries.push_back(any_entry(sequence++, random));
    check_comes_out(entries);
  }
}

TEST_CASE("a block of evidence carries the farthest numbers" * doctest::test_suite("file")) {
  EvidenceEntry first = change_entry(std::numeric_limits<std::uint64_t>::max() - 1,
                                     std::numeric_limits<std::int64_t>::max() - 1);
  first.confirmed_at = Timestamp::max();
  first.decided_at = Timestamp::min();
  first.line = std::numeric_limits<LineNumber>::max();
  EvidenceEntry second = change_entry(std::numeric_limits<std::uint64_t>::max(), 1);
  second.confirmed_at = Timestamp::min();
  second.decided_at = Timestamp::max();
  check_comes_out({first, second});
}

TEST_CASE("a block of evidence counts what has been erased, and is full in time" *
          doctest::test_suite("file")) {
  EvidenceBlock block;
  CHECK(block.is_empty());
  for (std::uint64_t i = 1; i <= EvidenceBlock::most_entries; ++i) {
    CHECK_FALSE(block.is_full());
    EvidenceEntry entry = change_entry(i, 7);
    entry.is_erased = i % 2 == 0;
    block.add(entry);
  }
  CHECK(block.is_full());
  CHECK(block.erased() == EvidenceBlock::most_entries / 2);
  block.clear();
  CHECK(block.is_empty());
  CHECK(block.bytes().empty());
}

TEST_CASE("bytes that are no block of evidence are damage, and never read beyond" *
          doctest::test_suite("file")) {
  EvidenceBlock block;
  for (std::uint64_t i = 1; i <= 3; ++i) block.add(change_entry(i, 300));
  const auto read_all = [](std::string bytes) {
    EvidenceBlockReader reader(1, std::move(bytes));
    int entries = 0;
    for (EvidenceEntry entry; reader.next(entry);) ++entries;
    return entries;
  };
  REQUIRE(read_all(block.bytes()) == 3);
  int damaged = 0;
  for (std::size_t size = 0; size < block.bytes().size(); ++size) {
    try {
      const int entries = read_all(block.bytes().substr(0, size));
      CHECK(entries < 3);
    } catch (const DatabaseError& error) {
      CHECK(error.kind() == DatabaseError::Kind::damaged);
      ++damaged;
    }
  }
  CHECK(damaged == static_cast<int>(block.bytes().size()) - 3);  // all but those that end with an entry
}
