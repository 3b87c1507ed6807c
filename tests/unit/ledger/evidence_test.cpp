#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

std::vector<EvidenceEntry> entries_of(Ledger& ledger, const EvidenceFilter& filter = {}) {
  std::vector<EvidenceEntry> entries;
  const auto history = ledger.read_evidence(our_store, filter);
  while (const EvidenceEntry* entry = history->next()) entries.push_back(*entry);
  return entries;
}

EvidenceVerifier::Verdict verify(const std::vector<EvidenceEntry>& entries,
                                 const std::optional<EvidenceHead>& expected = std::nullopt) {
  EvidenceVerifier verifier(our_store);
  if (expected) verifier.expect(*expected, "a witness");
  for (const EvidenceEntry& entry : entries) verifier.check(entry);
  return verifier.finish();
}

/// Applies one choice to each of the customers 1 to `count`.
void apply_to_all(Ledger& ledger, const RunId& id, int count, Choice wanted) {
  std::vector<StagedRow> rows;
  for (int i = 1; i <= count; ++i) rows.push_back(understood(i + 1, i, wanted, at(-i)));
  open_run_of(ledger, id, rows);
  for (const QueuedChange& queued : ledger.take_changes(id, {}, 1000))
    record_one(ledger, id, applied(queued.change));
  ledger.end_run(id, 0, "", at(200));
}

}  // namespace

TEST_CASE("an entry tells who changed from what to what, when, by which row of which input") {
  Fixture f;
  Run run = make_run("run-1");
  run.correlation_id = "the-correlation-id";
  f.ledger->begin_run(run);
  f.ledger->stage("run-1", std::vector{understood(5, 7, only_essential, at(-77))});
  InputFacts input;
  input.sha256 = "the-hash-of-the-input";
  f.ledger->finish_staging("run-1", input);
  f.ledger->plan("run-1", std::vector{to_send(5, 7, all_allowed, only_essential)});
  f.ledger->commit_plan("run-1");
  record_one(*f.ledger, "run-1", applied(f.ledger->take_changes("run-1", {}, 10).at(0).change, 300));

  const auto entries = entries_of(*f.ledger);
  REQUIRE(entries.size() == 1);
  const EvidenceEntry& entry = entries.front();
  CHECK(entry.sequence == 1);
  CHECK(entry.customer == customer(7));
  CHECK(entry.before == all_allowed);
  CHECK(entry.after == only_essential);
  CHECK(entry.decided_at == at(-77));
  CHECK(entry.confirmed_at == at(300));
  CHECK(entry.run == "run-1");
  CHECK(entry.line == 5);
  CHECK(entry.input_sha256 == "the-hash-of-the-input");
  CHECK(entry.correlation_id == "the-correlation-id");
  CHECK(verify(entries).broken == 0);
}

TEST_CASE("the database refuses to rewrite evidence or to take it out") {
  Fixture f;
  apply_to_all(*f.ledger, "run-1", 2, all_allowed);
  for (const char* sql :
       {"UPDATE evidence_block SET entries = ''", "UPDATE evidence_block SET run = NULL, erased = 1",
        "UPDATE evidence_block SET erased = 1, first_sequence = 2", "DELETE FROM evidence_block"}) {
    CAPTURE(sql);
    CHECK_THROWS_WITH(run_sql(f.location, sql), doctest::Contains("evidence is append-only"));
  }
}

TEST_CASE("a history is whole over several runs, and can be read by customer and by run") {
  Fixture f;
  apply_to_all(*f.ledger, "run-1", 3, all_allowed);
  apply_to_all(*f.ledger, "run-2", 3, only_essential);
  const auto entries = entries_of(*f.ledger);
  const auto verdict = verify(entries);
  CHECK(verdict.findings.empty());
  CHECK(verdict.changes == 6);
  CHECK(verdict.head == f.ledger->find_run("run-2")->evidence);
  CHECK(f.ledger->find_run("run-1")->evidence->entries == 3);

  CHECK(entries_of(*f.ledger, {customer(2), ""}).size() == 2);
  CHECK(entries_of(*f.ledger, {std::nullopt, "run-2"}).size() == 3);
  const auto both = entries_of(*f.ledger, {customer(2), "run-2"});
  REQUIRE(both.size() == 1);
  CHECK(both[0].before == all_allowed);
  CHECK(entries_of(*f.ledger, {customer(9), ""}).empty());
}

TEST_CASE("a history of many entries at once is whole, also with one of its customers erased") {
  constexpr int many = 700;
  Fixture f;
  std::vector<StagedRow> rows;
  for (int i = 1; i <= many; ++i) rows.push_back(understood(i + 1, i, all_allowed, at(-i)));
  open_run_of(*f.ledger, "run-1", rows);
  std::vector<consent_sync::consent::ChangeResult> results;
  for (const QueuedChange& queued : f.ledger->take_changes("run-1", {}, many))
    results.push_back(applied(queued.change));
  f.ledger->record("run-1", results, Traffic{});
  f.ledger->end_run("run-1", 0, "", at(200));
  const std::vector<EvidenceEntry> whole = entries_of(*f.ledger);
  REQUIRE(whole.size() == many);
  CHECK(verify(whole, f.ledger->find_run("run-1")->evidence).findings.empty());
  for (const int id : {1, 256, 257, 512, many}) {
    const auto theirs = entries_of(*f.ledger, {customer(id), ""});
    REQUIRE(theirs.size() == 1);
    CHECK(theirs.front().customer == customer(id));
    CHECK(theirs.front().decided_at == at(-id));
  }

  f.ledger->erase_customer(
      our_store, customer(300), [](const Run&, const RowResult&) { return false; }, at(300));
  const std::vector<EvidenceEntry> left = entries_of(*f.ledger);
  REQUIRE(left.size() == many + 1);
  const auto verdict = verify(left, f.ledger->find_run("run-1")->evidence);
  CHECK(verdict.findings.empty());
  CHECK(verdict.erased == 1);
  for (const EvidenceEntry& entry : left) {
    const EvidenceEntry* const before = entry.sequence <= many ? &whole[entry.sequence - 1] : nullptr;
    if (before == nullptr || entry.is_erased) continue;
    CHECK(entry.customer == before->customer);
    CHECK(entry.confirmed_at == before->confirmed_at);
    CHECK(entry.decided_at == before->decided_at);
    CHECK(entry.line == before->line);
    CHECK(entry.run == "run-1");
  }
  CHECK(entries_of(*f.ledger, {std::nullopt, "run-1"}).size() == many - 1);
}

TEST_CASE("another store has a history of its own") {
  Fixture f;
  apply_to_all(*f.ledger, "run-1", 2, all_allowed);
  open_run_of(*f.ledger, "run-2", {understood(2, 1)}, "other");
  record_one(*f.ledger, "run-2", applied(f.ledger->take_changes("run-2", {}, 10).at(0).change));
  CHECK(entries_of(*f.ledger).size() == 2);
  const auto history = f.ledger->read_evidence("other", {});
  CHECK(history->next()->sequence == 1);
  open_run_of(*f.ledger, "run-3", {understood(2, 1)}, "planned only");
  for (const char* run : {"run-1", "run-2"}) f.ledger->discard_run(run);
  CHECK(f.ledger->stores() == std::vector<std::string>{"abc123", "other", "planned only"});
}

TEST_CASE("whatever is altered, taken out, put in or moved in a history shows") {
  Fixture f;
  apply_to_all(*f.ledger, "run-1", 8, all_allowed);
  apply_to_all(*f.ledger, "run-2", 8, only_essential);
  const auto whole = entries_of(*f.ledger);
  const EvidenceHead head = f.ledger->find_run("run-2")->evidence.value();
  REQUIRE(verify(whole, head).broken == 0);

  const auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    auto entries = whole;
    const std::size_t place = random() % entries.size();
    EvidenceEntry& entry = entries[place];
    const int kind = static_cast<int>(random() % 16);
    CAPTURE(place);
    CAPTURE(kind);
    switch (kind) {
      case 0:
        entry.customer = customer(99);
        break;
      case 1:
        entry.before = choice(0b0010, 0b1100);
        break;
      case 2:
        entry.after = choice(0b0011, 0b1100);
        break;
      case 3:
        entry.decided_at = at(5);
        break;
      case 4:
        entry.confirmed_at = at(6);
        break;
      case 5:
        entry.run = "run-3";
        break;
      case 6:
        ++entry.line;
        break;
      case 7:
        entry.input_sha256 += "0";
        break;
      case 8:
        entry.correlation_id = "x";
        break;
      case 9:
        entry.secret[3] = static_cast<char>(entry.secret[3] + 1);
        break;
      case 10:
        entry.link[7] = static_cast<char>(entry.link[7] + 1);
        break;
      case 11:
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(place));
        break;
      case 12:
        entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(place), entries[place]);
        break;
      case 13:
        std::swap(entries[place], entries[(place + 1) % entries.size()]);
        break;
      case 14:
        entries.resize(place);
        break;
      default:
        entry.is_erased = true;  // as an erasure does, but without one that accounts for it
        entry.customer.reset();
    }
    const auto verdict = verify(entries, head);
    CHECK(verdict.broken > 0);
    CHECK(!verdict.findings.empty());
  }
}

TEST_CASE("a history written anew from some entry on does not pass through the head that was noted down") {
  Fixture f;
  apply_to_all(*f.ledger, "run-1", 3, all_allowed);
  const EvidenceHead noted = f.ledger->find_run("run-1")->evidence.value();
  Fixture forged;
  apply_to_all(*forged.ledger, "run-1", 3, only_essential);
  const auto entries = entries_of(*forged.ledger);
  CHECK(verify(entries).broken == 0);
  const auto verdict = verify(entries, noted);
  REQUIRE(verdict.findings.size() == 1);
  CHECK(verdict.findings[0] == "entry 3 is not the one that a witness saw");
}

TEST_CASE("a head is written down and read back") {
  Fixture f;
  apply_to_all(*f.ledger, "run-1", 1, all_allowed);
  const EvidenceHead head = f.ledger->find_run("run-1")->evidence.value();
  CHECK(parse_evidence_head(to_string(head)) == head);
  for (const char* text : {"", "1", "1:", ":00", "x:00", "1:zz", "1:0011"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_evidence_head(text));
  }
}
