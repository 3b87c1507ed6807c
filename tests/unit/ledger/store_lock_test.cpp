#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <consent_sync/ledger/store_lock.hpp>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

using Attempt = std::variant<std::unique_ptr<StoreLock>, StoreHeld>;

bool is_taken(const Attempt& attempt) {
  return std::holds_alternative<std::unique_ptr<StoreLock>>(attempt);
}

}  // namespace

TEST_CASE("a store is held once, and the other hears by whom" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = "sqlite:" + directory.file("ledger.db");
  const Attempt first = lock_store(location, "abc123");
  CHECK(is_taken(first));
  const Attempt second = lock_store(location, "abc123");
  REQUIRE_FALSE(is_taken(second));
  const std::string owner = std::get<StoreHeld>(second).owner;
  CHECK(owner.find("process " + std::to_string(::getpid()) + " on host ") == 0);
  CHECK(owner.find(" since 20") != std::string::npos);
  CHECK(std::get<StoreHeld>(second).since.has_value());
}

TEST_CASE("who holds a store can be asked without holding it" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = "sqlite:" + directory.file("ledger.db");
  CHECK_FALSE(store_holder(location, "abc123"));
  {
    const Attempt held = lock_store(location, "abc123");
    const std::optional<StoreHeld> holder = store_holder(location, "abc123");
    REQUIRE(holder);
    CHECK(holder->owner.find("process " + std::to_string(::getpid())) == 0);
    CHECK_FALSE(store_holder(location, "other"));
  }
  CHECK_FALSE(store_holder(location, "abc123"));
  CHECK(is_taken(lock_store(location, "abc123")));
}

TEST_CASE("stores and ledgers are held apart" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const Attempt first = lock_store("sqlite:" + directory.file("a.db"), "abc123");
  CHECK(is_taken(lock_store("sqlite:" + directory.file("a.db"), "other")));
  CHECK(is_taken(lock_store("sqlite:" + directory.file("b.db"), "abc123")));
}

TEST_CASE("a store is free again when its lock goes" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = "sqlite:" + directory.file("ledger.db");
  { const Attempt first = lock_store(location, "abc123"); }
  CHECK(is_taken(lock_store(location, "abc123")));
}

TEST_CASE("a store is free again when its owner is killed" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string location = "sqlite:" + directory.file("ledger.db");
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const Attempt held = lock_store(location, "abc123");
    const char answer = is_taken(held) ? 'y' : 'n';
    if (::write(pipe[1], &answer, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char answer = 0;
  REQUIRE(::read(pipe[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  const Attempt meanwhile = lock_store(location, "abc123");
  REQUIRE_FALSE(is_taken(meanwhile));
  CHECK(std::get<StoreHeld>(meanwhile).owner.find(std::to_string(child)) != std::string::npos);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(is_taken(lock_store(location, "abc123")));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("a store's name cannot lead the lock file astray, and the file is its owner's only" *
          doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const Attempt held = lock_store("sqlite:" + directory.file("ledger.db"), "../x/y");
  REQUIRE(is_taken(held));
  struct stat facts {};
  REQUIRE(::stat(directory.file("ledger.db.___x_y.lock").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600);
}

TEST_CASE("a lock file that cannot be made is an error" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  CHECK_THROWS_AS(lock_store("sqlite:" + directory.file("none/ledger.db"), "abc123"), LedgerError);
}
