#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>

#include <consent_sync/report/report.hpp>

#include "pending_file.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using report::PendingFile;
using report::ReportDirectory;
using report::ReportError;
using report::write_report;
namespace fs = std::filesystem;

namespace {

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename().string());
  return names;
}

unsigned mode_of(const fs::path& path) {
  struct stat facts {};
  REQUIRE(lstat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777U;
}

std::string error_of(const auto& action) {
  try {
    action();
  } catch (const ReportError& error) {
    return error.what();
  }
  return "no ReportError";
}

/// Files of this process can grow to `bytes` only: a full disk that a test can have.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  sighandler_t handler_;
  rlimit before_{};
};

}  // namespace

TEST_CASE("a report is six files that only their owner can read, and nothing else") {
  LedgerStory story;
  const auto id = story.tell(example_run(), every_outcome(), 1);
  const fs::path directory = write_report(story.ledger(), id, story.report_dir());
  CHECK(directory == story.report_dir() / id);
  CHECK(names_in(directory) == std::set<std::string>{"outcomes.csv", "rejected.csv", "report.html",
                                                     "summary.json", "summary.md", "windows.csv"});
  CHECK(mode_of(story.report_dir()) == 0700);
  CHECK(mode_of(directory) == 0700);
  for (const std::string& name : names_in(directory)) CHECK(mode_of(directory / name) == 0600);
}

TEST_CASE("a report written again replaces the earlier one, leftovers of a writer that died included") {
  LedgerStory story;
  const auto id = story.tell(example_run(), every_outcome(), 1);
  const fs::path directory = write_report(story.ledger(), id, story.report_dir());
  const std::string first = read_file(directory / "report.html");
  std::ofstream(directory / "report.html") << "old";
  std::ofstream(directory / "report.html.tmp") << "left over";
  write_report(story.ledger(), id, story.report_dir());
  CHECK(read_file(directory / "report.html") == first);
  CHECK(names_in(directory).size() == 6);
}

TEST_CASE("a symbolic link in a file's place is replaced, and what it points to is left alone") {
  LedgerStory story;
  const auto id = story.tell(example_run(), every_outcome(), 1);
  const fs::path directory = write_report(story.ledger(), id, story.report_dir());
  TemporaryDirectory elsewhere;
  const fs::path precious = elsewhere.path() / "precious";
  std::ofstream(precious) << "precious";
  for (const char* name : {"summary.json", "outcomes.csv.tmp"}) {
    fs::remove(directory / name);
    fs::create_symlink(precious, directory / name);
  }
  write_report(story.ledger(), id, story.report_dir());
  CHECK(read_file(precious) == "precious");
  CHECK(fs::symlink_status(directory / "summary.json").type() == fs::file_type::regular);
}

TEST_CASE("a symbolic link in the place of the run's directory is refused") {
  LedgerStory story;
  const auto id = story.tell(example_run(), every_outcome(), 1);
  TemporaryDirectory elsewhere;
  fs::create_directories(story.report_dir());
  fs::create_directory_symlink(elsewhere.path(), story.report_dir() / id);
  const std::string error = error_of([&] { write_report(story.ledger(), id, story.report_dir()); });
  CHECK(error.find((story.report_dir() / id).string()) != std::string::npos);
  CHECK(names_in(elsewhere.path()).empty());
}

TEST_CASE("a full disk is told with the file's name, and leaves the earlier report whole") {
  LedgerStory story;
  const auto id = story.tell(example_run(), every_outcome(), 1);
  const fs::path directory = write_report(story.ledger(), id, story.report_dir());
  const std::string before = read_file(directory / "summary.json");
  std::string error;
  {
    const FileSizeLimit limit(16);
    error = error_of([&] {
      ReportDirectory held(story.report_dir(), id);
      PendingFile file(held, "summary.json");
      file.append("more than sixteen bytes of summary");
      file.complete();
      file.put_in_place();
    });
  }
  CHECK(error.find((directory / "summary.json").string() + "\": File too large") != std::string::npos);
  CHECK(error.find("consent-sync report") != std::string::npos);
  CHECK(read_file(directory / "summary.json") == before);
  CHECK(names_in(directory).size() == 6);
}

TEST_CASE("a file that is not put in place never shows under its name") {
  TemporaryDirectory root;
  {
    ReportDirectory directory(root.path() / "a" / "b", "run");
    PendingFile file(directory, "x.csv");
    file.append("half");
    file.complete();
    CHECK(names_in(directory.path()) == std::set<std::string>{"x.csv.tmp"});
  }
  CHECK(names_in(root.path() / "a" / "b" / "run").empty());
}

TEST_CASE("a report directory that cannot be made is told with its name") {
  LedgerStory story;
  const auto id = story.tell(example_run(), every_outcome(), 1);
  TemporaryDirectory root;
  std::ofstream(root.path() / "file") << "in the way";
  for (const char* report_dir : {"file", "file/below"}) {
    const std::string error = error_of([&] { write_report(story.ledger(), id, root.path() / report_dir); });
    CHECK(error.find((root.path() / report_dir).string()) != std::string::npos);
  }
}

TEST_CASE("a run that the ledger does not have has no report") {
  LedgerStory story;
  const std::string error =
      error_of([&] { write_report(story.ledger(), "20200101T000000Z-000000", story.report_dir()); });
  CHECK(error.find("20200101T000000Z-000000") != std::string::npos);
  CHECK_FALSE(fs::exists(story.report_dir()));
}
