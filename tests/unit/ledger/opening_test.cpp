#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <optional>
#include <thread>

#include "contains.hpp"
#include "faulty_calls.hpp"
#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;
using consent_sync::test::contains;

namespace {

unsigned permissions_of(const std::string& path) {
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

std::string message_of(const std::string& location) {
  try {
    open_ledger(location);
  } catch (const LedgerError& error) {
    return error.what();
  }
  return "opened";
}

}  // namespace

TEST_CASE("a new ledger and the files beside it are their owner's only" * doctest::test_suite("file")) {
  const mode_t before = ::umask(0);
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  ::umask(before);
  CHECK(permissions_of(f.path) == 0600);
  CHECK(permissions_of(f.path + "-wal") == 0600);
  CHECK(permissions_of(f.path + "-shm") == 0600);
}

TEST_CASE("a ledger is durable at every commit" * doctest::test_suite("file")) {
  Fixture f;
  SQLite::Database database(f.path);
  CHECK(database.execAndGet("PRAGMA journal_mode").getString() == "wal");
  CHECK(f.ledger->runs(10).empty());
}

TEST_CASE("a ledger of a newer version is refused with a sentence, and not touched" *
          doctest::test_suite("file")) {
  Fixture f;
  f.ledger.reset();
  SQLite::Database(f.path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 999");
  const std::string message = message_of(f.location);
  CHECK(contains(message, f.path));
  CHECK(contains(message, "newer"));
  CHECK(contains(message, "999"));
  CHECK(SQLite::Database(f.path).execAndGet("PRAGMA user_version").getInt() == 999);
}

TEST_CASE("a ledger that a newer program migrates while this one waits to do so is refused, and not touched" *
          doctest::test_suite("file")) {
  Fixture f;
  f.ledger.reset();
  static std::optional<SQLite::Database> newer;
  newer.emplace(f.path, SQLite::OPEN_READWRITE);
  newer->exec("PRAGMA user_version = 7; DROP TABLE fault; BEGIN IMMEDIATE; PRAGMA user_version = 999");
  sqlite3_vfs* files = sqlite3_vfs_find(nullptr);
  const auto sleep = files->xSleep;
  files->xSleep = [](sqlite3_vfs*, int microseconds) {  // it waits for the lock
    if (newer) newer->exec("COMMIT");
    newer.reset();
    return microseconds;
  };
  const std::string message = message_of(f.location);
  files->xSleep = sleep;
  CHECK(contains(message, "newer"));
  CHECK(SQLite::Database(f.path).execAndGet("PRAGMA user_version").getInt() == 999);
}

SERVER_TEST("tables that a newer program migrates while this one waits to do so are refused") {
  Fixture f;
  run_sql(f.location, "UPDATE ledger_version SET version = 0, works_with = 0");
  const std::string lock = "locktype = 'advisory' AND objid = " + std::to_string(0x43734C64);
  std::thread newer([&] {
    run_sql(f.location,
            "DO $$ BEGIN PERFORM pg_advisory_lock(" + std::to_string(0x43734C64) +
                "); WHILE NOT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND " + lock +
                ") LOOP NULL; END LOOP; UPDATE ledger_version SET version = 999, works_with = 999; END $$");
  });
  const std::string is_locked = "DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_locks WHERE granted AND " +
                                lock + ") LOOP NULL; END LOOP; END $$";
  run_sql(f.location, is_locked);
  const std::string message = message_of(f.location);
  newer.join();
  CHECK(contains(message, "newer"));
}

TEST_CASE("another application's database is refused, and not touched" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string path = directory.file("other.db");
  SUBCASE("with tables and no application id") {
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (x)");
  }
  SUBCASE("with an application id") {
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("PRAGMA application_id = 77");
  }
  CHECK(contains(message_of("sqlite:" + path), "another application"));
  SQLite::Database database(path);
  CHECK(database.execAndGet("PRAGMA journal_mode").getString() == "delete");
  CHECK_FALSE(database.tableExists("run"));
}

TEST_CASE("a file that is no database is refused, and not touched" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string path = directory.file("customers.csv");
  const std::string text(5000, 'x');
  std::ofstream(path) << text;
  CHECK(contains(message_of("sqlite:" + path), "not a ledger"));
  CHECK(std::filesystem::file_size(path) == text.size());
}

TEST_CASE("a ledger in a directory that does not exist is refused with the reason" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string message = message_of("sqlite:" + directory.file("none/ledger.db"));
  CHECK(contains(message, "none/ledger.db"));
  CHECK(contains(message, "No such file or directory"));
}

TEST_CASE("whether there is a ledger cannot be told of a directory that may not be entered" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string path = directory.file("own/ledger.db");
  std::filesystem::create_directory(directory.file("own"));
  std::filesystem::permissions(directory.file("own"), std::filesystem::perms(0));
  const bool is_root = ::geteuid() == 0;
  if (is_root) REQUIRE(::seteuid(65534) == 0);
  CHECK_THROWS_WITH_AS(has_ledger("sqlite:" + path), doctest::Contains(path.c_str()), LedgerError);
  if (is_root) REQUIRE(::seteuid(0) == 0);
}

SERVER_TEST("where there is no directory for temporary files, TMPDIR is named") {
  Fixture f;
  const char* before = std::getenv("TMPDIR");
  const std::string restored = before == nullptr ? "/tmp" : before;
  ::setenv("TMPDIR", "/nonexistent", 1);  // NOLINT(concurrency-mt-unsafe): there is no other thread
  const std::string message = message_of(f.location);
  ::setenv("TMPDIR", restored.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): nor here
  CHECK(contains(message, "TMPDIR"));
}

SERVER_TEST("temporary files that cannot be written are told of by their directory, which TMPDIR names") {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  const FaultyCalls full(1, FaultyCalls::Mishap::full);
  const std::string directory = std::filesystem::temp_directory_path().string();
  CHECK_THROWS_WITH_AS(f.ledger->stage("run-1", std::vector{understood(2, 7)}),
                       doctest::Contains(("No space is left in " + directory + " (TMPDIR)").c_str()),
                       LedgerError);
}

TEST_CASE("what is no location is not taken, and not repeated" * doctest::test_suite("file")) {
  CHECK(contains(message_of("postgresql://%"), "postgresql://USER@HOST/DATABASE"));
  CHECK(contains(message_of("ledger.db"), "sqlite:PATH"));
  CHECK(contains(message_of("sqlite:"), "sqlite:PATH"));
}

TEST_CASE("names that mean something to SQLite are plain file names here" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(directory.file("x")).parent_path());
  for (const char* name : {":memory:", "file:x?mode=memory"}) {
    open_ledger(std::string("sqlite:") + name)->begin_run(make_run("run-1"));
    CHECK(open_ledger(std::string("sqlite:") + name)->find_run("run-1"));
  }
  std::filesystem::current_path(before);
}

TEST_CASE("a ledger that cannot be written says so" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string path = directory.file("ledger.db");
  const auto parent = std::filesystem::path(path).parent_path();
  open_ledger("sqlite:" + path)->begin_run(make_run("run-1"));
  std::filesystem::permissions(parent, std::filesystem::perms(0755));
  std::filesystem::permissions(path, std::filesystem::perms(0444));
  const bool is_root = ::geteuid() == 0;
  if (is_root) REQUIRE(::seteuid(65534) == 0);
  const std::string message = message_of("sqlite:" + path);
  if (is_root) REQUIRE(::seteuid(0) == 0);
  CHECK(contains(message, path));
  CHECK(contains(message, "write"));
}
