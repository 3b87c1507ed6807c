#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>

#include "fixture.hpp"

using namespace consent_sync::ledger;
using namespace consent_sync::ledger::test;

namespace {

/// Files of this process cannot grow beyond a size while this lives: as a disk that fails.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

std::vector<StagedRow> many_rows() {
  std::vector<StagedRow> rows;
  for (LineNumber line = 3; line < 100'000; ++line) rows.push_back(understood(line, line));
  return rows;
}

}  // namespace

TEST_CASE("what cannot be written did not happen, and the ledger goes on once it can" *
          doctest::test_suite("file")) {
  Fixture f;
  f.ledger->begin_run(make_run("run-1"));
  f.ledger->stage("run-1", std::vector{understood(2, 7)});
  const auto rows = many_rows();
  {
    const FileSizeLimit limit(256 * 1024);
    CHECK_THROWS_AS(f.ledger->stage("run-1", rows), LedgerError);
  }
  CHECK(f.ledger->counts("run-1").total() == 1);
  f.ledger->stage("run-1", rows);
  CHECK(f.ledger->counts("run-1").total() == 1 + rows.size());
}

TEST_CASE("a full disk is named as such" * doctest::test_suite("file")) {
  TemporaryDirectory directory;
  const std::string small = directory.file("small");
  std::filesystem::create_directory(small);
  if (::mount("none", small.c_str(), "tmpfs", 0, "size=512k") != 0) {
    MESSAGE("not tried: this user may not mount a small file system");
    return;
  }
  std::string message = "staged";
  {
    const auto ledger = open_ledger("sqlite:" + small + "/ledger.db");
    ledger->begin_run(make_run("run-1"));
    try {
      ledger->stage("run-1", many_rows());
    } catch (const LedgerError& error) {
      message = error.what();
    }
    CHECK(ledger->counts("run-1").total() == 0);
  }
  REQUIRE(::umount(small.c_str()) == 0);
  CHECK(message.find("No space is left") != std::string::npos);
}
