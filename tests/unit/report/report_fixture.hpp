#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

/// A directory that goes with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

consent_sync::consent::Choice choice(unsigned allow, unsigned deny);
consent_sync::consent::Timestamp at(std::string_view rfc3339);
std::string read_file(const std::filesystem::path& path);
std::vector<std::string> lines_of(const std::string& text);

/// A row as the test wants to see it end. Customer 0: not understood.
struct RowStory {
  consent_sync::consent::Outcome outcome = consent_sync::consent::Outcome::applied;
  std::int64_t customer = 0;
  std::optional<consent_sync::consent::Choice> before;
  std::optional<consent_sync::consent::Choice> after;
  int http_status = 0;
  int attempts = 0;
  std::string reason;
  std::string source;
  std::optional<consent_sync::consent::Timestamp> decided_at = std::nullopt;
};

/// A real ledger in a file, and runs in it that went through their whole life. Rows are on lines 2, 3, ...
class LedgerStory {
 public:
  /// A run over the rows, ended with `exit_code`; its id.
  std::string tell(consent_sync::ledger::Run run, const std::vector<RowStory>& rows, int exit_code,
                   const std::string& stop_reason = {});
  /// A run of which only the reading of the input has begun.
  std::string tell_staging(consent_sync::ledger::Run run, const std::vector<RowStory>& rows);

  /// Of the store's quota, of the runs that are told from now on.
  std::vector<consent_sync::ledger::WindowUse> windows;

  consent_sync::ledger::Ledger& ledger() { return *ledger_; }
  std::filesystem::path report_dir() const { return directory_.path() / "reports"; }

 private:
  void stage(const std::string& id, const std::vector<RowStory>& rows);
  void plan(const consent_sync::ledger::Run& run, const std::vector<RowStory>& rows);
  void send(const consent_sync::ledger::Run& run, const std::vector<RowStory>& rows);

  TemporaryDirectory directory_;
  std::unique_ptr<consent_sync::ledger::Ledger> ledger_;

 public:
  LedgerStory();
};

/// A run with every fact filled in.
consent_sync::ledger::Run example_run(consent_sync::ledger::Mode mode = consent_sync::ledger::Mode::sync);

/// Rows in which every outcome of a sync but `pending` occurs, twelve in all, and their counts.
std::vector<RowStory> every_outcome();
