#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/input/reader.hpp>
#include <consent_sync/ledger/store_lock.hpp>
#include <consent_sync/pace/quota_window.hpp>
#include <consent_sync/plan/audit.hpp>
#include <consent_sync/plan/limits.hpp>
#include <consent_sync/plan/policy.hpp>
#include <consent_sync/report/report.hpp>

namespace consent_sync::app {

enum class LogFormat : std::uint8_t { text, json };
enum class LogCustomers : std::uint8_t { none, id, hash };

/// Every setting, with its default. settings.cpp names and documents them; check() knows which values go
/// together.
struct Config {
  struct {
    std::string hash;
    std::string api_url = "https://api.bigcommerce.com";
    bool allow_plain_http = false;
    std::string token_env = "BIGCOMMERCE_ACCESS_TOKEN";
    std::string token_file;
    std::string token_credential;
    std::string token_command;
    std::string ca_file;

    /// Where each of them that is set stands ("c.yaml:3", "--store-hash"), by its key: some are judged only
    /// once all are known.
    std::map<std::string, std::string, std::less<>> places;
  } store;

  struct {
    std::string path;
    std::string only_problems_of;  ///< id of a run: the rows that ended as a problem in it are the input
    std::string preset;            ///< a name, or a file
    std::string mapping;           ///< YAML on one line; once resolved, the whole mapping in force
    std::string store_column;      ///< names each row's store; "": all rows are the store's
    input::ReaderOptions reader;
  } input;

  std::string job;          ///< the job file, as it was named; "": there is none
  std::string config_file;  ///< as --config named it; "": it did not

  enum class Unfinished : std::uint8_t { replace, refuse, abandon };
  Unfinished unfinished = Unfinished::replace;  ///< what becomes of an open run over another input

  std::string deadline;  ///< see check_deadline(); "" for none
  std::optional<std::chrono::milliseconds> max_duration;
  bool yes = false;  ///< the answer to safety.confirm_above

  bool dry_run = false;
  bool online = false;  ///< of a dry run: the store is asked, too

  struct {
    std::uint64_t quota = 150;  ///< requests a window
    std::chrono::milliseconds window{std::chrono::seconds{30}};
  } assumed_quota;

  struct {
    plan::SampleSize size;
    std::optional<std::uint64_t> seed;
  } sample;

  struct {
    double share = 0.9;
    pace::Shape shape = pace::Shape::even;
    std::optional<double> max_requests_per_second;
  } rate;

  struct {
    int connections = 10;
    int threads = 1;
    std::chrono::milliseconds timeout{std::chrono::seconds{30}};
  } http;

  struct {
    int attempts = 5;
    double budget = 0.2;
    std::chrono::milliseconds base_delay{500};
    std::chrono::milliseconds max_delay{std::chrono::seconds{60}};
    std::chrono::milliseconds give_up_after{std::chrono::minutes{10}};
  } retry;

  /// How changes are planned; whether this is a dry run is said above.
  struct : plan::Policy {
    bool preflight = false;
    std::chrono::milliseconds email_cache{std::chrono::hours{24 * 30}};  ///< 0: for the run only
  } policy;

  struct : plan::Limits {
    std::uint64_t canary = 0;
    std::uint64_t confirm_above = 1000;  ///< changes of a first run
  } safety;

  std::string ledger = "sqlite:consent-sync.db";
  std::chrono::milliseconds ledger_lease = ledger::default_lease;  ///< of a store, in a ledger on a server
  std::chrono::milliseconds ledger_keep{0};                        ///< runs that have ended; 0: for good

  struct {
    std::string dir = "reports";
    report::OutcomesFormat outcomes = report::OutcomesFormat::csv;
  } report;

  struct {
    std::string level = "info";
    LogFormat format = LogFormat::text;
    LogCustomers customers = LogCustomers::none;
  } log;

  struct {
    std::string file;
    std::string listen;
  } metrics;

  struct Hooks {
    std::string on_start;
    std::string on_success;
    std::string on_problem;
    std::string on_failure;
    std::string ca_file;
    std::chrono::milliseconds timeout{std::chrono::seconds{10}};
  } hooks;

  bool quiet = false;

  int stores_at_once = 8;
  /// When the process began that runs this one beside others, for other stores: deadlines count from it, and
  /// it reads our standard output, which says where the report is and nothing else.
  std::optional<consent::Timestamp> supervised_since;
};

/// What cannot work, each as a sentence that names its key; empty when the configuration is usable for
/// sending.
std::vector<std::string> check(const Config& config);

/// A sentence that begins with a setting of the store ("store.api_url: ..."), behind where that stands.
std::string with_place(const Config& config, const std::string& sentence);

}  // namespace consent_sync::app
