#include <doctest/doctest.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "address_digest.hpp"
#include "address_fixture.hpp"
#include "sqlite/key_file.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;
using Owners = AddressedRow::Owners;

namespace {

std::string content_of(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

}  // namespace

TEST_CASE("an address is asked about once, however many rows have it, and not when it is known") {
  Fixture f;
  f.ledger->begin_run(make_run("run"));
  std::vector<StagedRow> rows;
  for (int i = 0; i < 1000; ++i)
    rows.push_back(addressed(i + 2, "c" + std::to_string(i % 100) + "@example.com"));
  f.ledger->stage("run", rows);
  f.ledger->note_addresses("run", std::vector{owned("c7@example.com", {7}), owned("c8@example.com", {})},
                           at(1), {});
  CHECK(f.ledger->count_unasked_addresses("run", at(0)) == 98);
  std::vector<std::string> asked;
  for (auto some = f.ledger->unasked_addresses("run", at(0), 30); !some.empty();
       some = f.ledger->unasked_addresses("run", at(0), 30)) {
    CHECK(some.size() <= 30);
    std::vector<AddressOwners> answers;
    for (const std::string& email : some) answers.push_back(owned(email, {}));
    f.ledger->note_addresses("run", answers, at(1), {});
    asked.insert(asked.end(), some.begin(), some.end());
  }
  std::sort(asked.begin(), asked.end());
  CHECK(std::unique(asked.begin(), asked.end()) == asked.end());
  CHECK(asked.size() == 98);
  CHECK(std::find(asked.begin(), asked.end(), "c7@example.com") == asked.end());
  CHECK(f.ledger->count_unasked_addresses("run", at(0)) == 0);
}

TEST_CASE("rows by an address and rows by an id of one customer are that customer's rows") {
  Fixture f;
  f.ledger->begin_run(make_run("run"));
  f.ledger->stage(
      "run", std::vector{addressed(2, "jo@example.com"), understood(3, 7), addressed(4, "jo@example.com"),
                         addressed(5, "flo@example.com"), addressed(6, "nobody@example.com")});
  f.ledger->note_addresses("run",
                           std::vector{owned("jo@example.com", {7}), owned("flo@example.com", {9}),
                                       owned("nobody@example.com", {})},
                           at(1), {});
  std::map<LineNumber, Owners> seen;
  f.ledger->identify("run", at(0), [&](const AddressedRow& row) {
    seen[row.line] = row.owners;
    return row.owners == Owners::known;
  });
  CHECK(seen == std::map<LineNumber, Owners>{
                    {2, Owners::known}, {4, Owners::known}, {5, Owners::known}, {6, Owners::nobody}});
  auto found = lines_of_customers(*f.ledger, "run");
  std::sort(found[7].begin(), found[7].end());
  CHECK(found == std::map<std::int64_t, std::vector<LineNumber>>{{7, {2, 3, 4}}, {9, {5}}});
  f.ledger->plan("run", std::vector{planned(6, Outcome::not_found), planned(2, Outcome::superseded)});
  f.ledger->commit_plan("run");
  const auto rows = rows_of(*f.ledger, "run");
  CHECK(rows[0].customer == customer(7));
  CHECK(rows[0].outcome == Outcome::superseded);
  CHECK(rows[4].outcome == Outcome::not_found);
  CHECK_FALSE(rows[4].customer);
  CHECK(rows[4].source == "nobody@example.com,of line 6");
  CHECK(f.ledger->find_run("run")->by_email);
}

TEST_CASE(
    "what the store said counts for the next run, until it is too old; that an address is nobody's does "
    "not") {
  Fixture f;
  const auto begin = [&](const RunId& id) {
    f.ledger->begin_run(make_run(id));
    f.ledger->stage(id, std::vector{addressed(2, "jo@example.com"), addressed(3, "nobody@example.com")});
  };
  begin("first");
  f.ledger->note_addresses(
      "first", std::vector{owned("jo@example.com", {7}), owned("nobody@example.com", {})}, at(10), {});
  identify_all(*f.ledger, "first");
  f.ledger->commit_plan("first");
  begin("second");
  CHECK(f.ledger->unasked_addresses("second", at(10), 10) == std::vector<std::string>{"nobody@example.com"});
  CHECK(f.ledger->count_unasked_addresses("second", at(11)) == 2);
  f.ledger->forget_addresses("abc123", at(11));
  CHECK(f.ledger->count_unasked_addresses("second", at(0)) == 2);
}

TEST_CASE("a run that takes an interrupted one's place does not ask again, not even for nobody's addresses") {
  Fixture f;
  f.ledger->begin_run(make_run("first"));
  f.ledger->stage("first", std::vector{addressed(2, "jo@example.com"), addressed(3, "nobody@example.com")});
  f.ledger->note_addresses(
      "first", std::vector{owned("jo@example.com", {7}), owned("nobody@example.com", {})}, at(1), {});
  f.ledger = open_ledger(f.location);
  f.ledger->begin_run(make_run("second"));
  f.ledger->stage("second", std::vector{addressed(2, "jo@example.com"), addressed(3, "nobody@example.com")});
  f.ledger->adopt_observations("second", "first");
  CHECK(f.ledger->count_unasked_addresses("second", at(0)) == 0);
}

TEST_CASE("what another store said is another store's") {
  Fixture f;
  f.ledger->begin_run(make_run("one", "one"));
  f.ledger->stage("one", std::vector{addressed(2, "jo@example.com")});
  f.ledger->note_addresses("one", std::vector{owned("jo@example.com", {7})}, at(1), {});
  f.ledger->begin_run(make_run("other", "other"));
  f.ledger->stage("other", std::vector{addressed(2, "jo@example.com")});
  CHECK(f.ledger->count_unasked_addresses("other", at(0)) == 1);
}

TEST_CASE("the ledger knows an address by its HMAC-SHA-256 only, under an owner-only key of its own" *
          doctest::test_suite("file")) {
  Fixture f;
  f.ledger->begin_run(make_run("run"));
  f.ledger->stage("run", std::vector{addressed(2, "jo@example.com")});
  f.ledger->note_addresses("run", std::vector{owned("jo@example.com", {7})}, at(1), {});
  struct stat facts {};
  REQUIRE(::stat((f.path + ".email-key").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  const std::string key = content_of(f.path + ".email-key");
  CHECK(key.size() == 32);

  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  const std::string email = "jo@example.com";
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(email.data()), email.size(), expected.data(), nullptr);
  const AddressDigest digest = AddressDigester(load_key_file(f.path))(email);
  CHECK(std::equal(digest.begin(), digest.end(), expected.begin()));
  identify_all(*f.ledger, "run");
  f.ledger->plan("run", std::vector{planned(2, Outcome::unchanged)});
  f.ledger->commit_plan("run");
  f.ledger.reset();
  const std::string bytes = content_of(f.path) + content_of(f.path + "-wal");
  CHECK(bytes.find("jo@") == std::string::npos);
  CHECK(bytes.find(std::string(digest.begin(), digest.end())) != std::string::npos);
  CHECK(bytes.find(key) == std::string::npos);
}

TEST_CASE(
    "with its key gone the ledger asks again, and what it remembered goes; a key that others read is "
    "refused" *
    doctest::test_suite("file")) {
  Fixture f;
  const auto unasked = [&](const RunId& id) {
    f.ledger = open_ledger(f.location);
    f.ledger->begin_run(make_run(id));
    f.ledger->stage(id, std::vector{addressed(2, "jo@example.com")});
    return f.ledger->count_unasked_addresses(id, at(0));
  };
  CHECK(unasked("first") == 1);
  f.ledger->note_addresses("first", std::vector{owned("jo@example.com", {7})}, at(1), {});
  CHECK(unasked("second") == 0);
  const std::string key = content_of(f.path + ".email-key");
  std::filesystem::remove(f.path + ".email-key");
  CHECK(unasked("third") == 1);
  std::ofstream(f.path + ".email-key", std::ios::binary) << key;
  ::chmod((f.path + ".email-key").c_str(), 0600);
  CHECK(unasked("fourth") == 1);
  ::chmod((f.path + ".email-key").c_str(), 0640);
  CHECK_THROWS_WITH_AS(unasked("fifth"), doctest::Contains("chmod 600"), LedgerError);
  std::filesystem::resize_file(f.path + ".email-key", 5);
  ::chmod((f.path + ".email-key").c_str(), 0600);
  CHECK_THROWS_WITH_AS(unasked("sixth"), doctest::Contains("is damaged"), LedgerError);
}

TEST_CASE(
    "a row that speaks for several customers has a change for each, and is pending until all have ended") {
  SharedFixture f;
  CHECK(f.ledger->change_counts("run").changes == 2);
  const auto queue = f.open();
  REQUIRE(queue.size() == 2);
  CHECK(queue[0].change.line == 2);
  CHECK(queue[1].change.line == 2);
  CHECK(queue[0].change.customer == customer(7));
  CHECK(queue[1].change.customer == customer(8));
  record_one(*f.ledger, "run", applied(queue[0].change));
  CHECK(f.ledger->counts("run")[Outcome::pending] == 1);
  CHECK(rows_of(*f.ledger, "run")[0].accounts[0].outcome == Outcome::applied);
  record_one(*f.ledger, "run", applied(queue[0].change));  // nothing is claimed twice
  record_one(*f.ledger, "run", ended(queue[1].change, Outcome::rejected));
  f.ledger->end_run("run", 1, "", at(5));
  CHECK(f.ledger->find_run("run")->state == RunState::finished);
  CHECK(f.ledger->counts("run")[Outcome::rejected] == 1);
  CHECK(f.ledger->recount("run").total() == 1);
  const RowResult row = rows_of(*f.ledger, "run").at(0);
  CHECK(row.outcome == Outcome::rejected);
  CHECK(row.customer == customer(8));
  CHECK(row.reason.find("\"7\" applied, \"8\" rejected (because)") != std::string::npos);
  CHECK(row.source == "jo@example.com,of line 2");
  CHECK(f.ledger->confirmed("abc123", customer(7)) == all_allowed);
}

TEST_CASE("a run that was killed between two customers of a row goes on with the second") {
  SharedFixture f;
  record_one(*f.ledger, "run", applied(f.open()[0].change));
  f.ledger = open_ledger(f.location);
  f.ledger->resume_run("run");
  const auto queue = f.ledger->take_changes("run", {}, 10);
  REQUIRE(queue.size() == 1);
  CHECK(queue[0].change.customer == customer(8));
  CHECK(queue[0].may_have_been_sent);
  record_one(*f.ledger, "run", applied(queue[0].change));
  CHECK(f.ledger->counts("run")[Outcome::applied] == 1);
}

TEST_CASE("a row that another carries ends as that does, customer by customer") {
  Fixture f;
  f.ledger->begin_run(make_run("run"));
  f.ledger->stage("run", std::vector{addressed(2, "jo@example.com", all_allowed, 0),
                                     addressed(3, "jo@example.com", all_allowed, 1)});
  f.ledger->note_addresses("run", std::vector{owned("jo@example.com", {7, 8})}, at(1), {});
  identify_all(*f.ledger, "run");
  std::vector<PlannedRow> plan;
  f.ledger->for_each_customer("run", [&](const CustomerRows& rows) {
    REQUIRE(rows.rows.size() == 2);
    PlannedRow carrier = to_send(2, rows.customer.value(), std::nullopt, all_allowed);
    carrier.account = carrier.change->account = rows.rows[0].account;
    PlannedRow carried = planned(3, Outcome::pending);
    carried.account = rows.rows[1].account;
    carried.carried_by = 2;
    carried.carrier_account = carrier.account;
    plan.push_back(carrier);
    plan.push_back(carried);
  });
  f.ledger->plan("run", plan);
  f.ledger->commit_plan("run");
  const auto queue = f.ledger->take_changes("run", {}, 10);
  REQUIRE(queue.size() == 2);
  record_one(*f.ledger, "run", applied(queue[0].change));
  CHECK(f.ledger->counts("run")[Outcome::pending] == 2);
  record_one(*f.ledger, "run", ended(queue[1].change, Outcome::failed));
  CHECK(f.ledger->counts("run")[Outcome::failed] == 2);
  CHECK(f.ledger->customer_ends("run").applied == 1);
}

TEST_CASE("what rows by address said is forgotten with what the store said; the rest of the run stays") {
  SharedFixture f;
  for (const QueuedChange& queued : f.open())
    record_one(*f.ledger, "run", ended(queued.change, Outcome::rejected));
  f.ledger->end_run("run", 1, "", at(5));
  f.ledger->forget_addresses("abc123", at(5));
  CHECK(rows_of(*f.ledger, "run")[0].source != "");
  f.ledger->forget_addresses("abc123", at(6));
  CHECK(f.ledger->find_run("run")->is_forgotten);
  const RowResult row = rows_of(*f.ledger, "run").at(0);
  CHECK(row.source.empty());
  CHECK(row.outcome == Outcome::rejected);
  CHECK(row.accounts.size() == 2);
  f.ledger.reset();
  CHECK((content_of(f.path) + content_of(f.path + "-wal")).find("jo@") == std::string::npos);
}

TEST_CASE("a run by address that was killed and then replaced is forgotten, too") {
  SharedFixture f;
  f.open();
  f.ledger = open_ledger(f.location);
  f.ledger->abandon_run("run");
  REQUIRE(rows_of(*f.ledger, "run").at(0).source == "jo@example.com,of line 2");
  f.ledger->forget_addresses("abc123", at(0));
  CHECK_FALSE(f.ledger->find_run("run")->is_forgotten);
  f.ledger->forget_addresses("abc123", at(1));
  CHECK(f.ledger->find_run("run")->is_forgotten);
  CHECK(rows_of(*f.ledger, "run").at(0).source.empty());
}

TEST_CASE(
    "a customer is erased from rows that speak for others, too, and from what is remembered of addresses") {
  SharedFixture f;
  for (const QueuedChange& queued : f.open())
    record_one(*f.ledger, "run", ended(queued.change, Outcome::rejected));
  f.ledger->end_run("run", 1, "", at(5));
  std::vector<RunId> seen;
  f.ledger->for_each_row_of("abc123", customer(8),
                            [&](const RunId& run, const RowResult&) { seen.push_back(run); });
  CHECK(seen == std::vector<RunId>{"run"});
  const Erasure erased = f.ledger->erase_customer("abc123", customer(8), nobody, at(6));
  CHECK(erased.rows == 1);
  CHECK(erased.texts == 1);
  const RowResult row = rows_of(*f.ledger, "run").at(0);
  CHECK(row.outcome == Outcome::rejected);
  CHECK_FALSE(row.customer);
  CHECK(row.accounts.empty());
  CHECK(row.source.empty());
  f.ledger->begin_run(make_run("next"));
  f.ledger->stage("next", std::vector{addressed(2, "jo@example.com")});
  CHECK(f.ledger->count_unasked_addresses("next", at(0)) == 1);
}
