#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

#include "exit_code.hpp"
#include "settings/configuration_file.hpp"
#include "settings/job.hpp"
#include "settings/settings_in_force.hpp"
#include "stores/supervision.hpp"

using namespace consent_sync::app;

namespace {

/// A job file that goes with the test.
class JobFile {
 public:
  explicit JobFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("consent-sync-job-" + std::to_string(::getpid()) + ".yaml")) {
    std::ofstream(path_) << text;
  }
  ~JobFile() { std::filesystem::remove(path_); }
  JobFile(const JobFile&) = delete;
  JobFile& operator=(const JobFile&) = delete;

  std::string path() const { return path_.string(); }
  std::string beside(const std::string& name) const { return (path_.parent_path() / name).string(); }

 private:
  std::filesystem::path path_;
};

std::vector<StoreJob> read(const JobFile& file, Words words = {}) {
  Config config;
  words.job = file.path();
  const Files files = read_files(config, words);
  return settings_of_stores(config, words, files.stores);
}

std::string problem_of(const std::string& text, const Words& words = {}) {
  const JobFile file(text);
  try {
    read(file, words);
  } catch (const Failure& failure) {
    CHECK(failure.code() == ExitCode::usage);
    std::string sentence = failure.what();
    for (auto at = sentence.find(file.path()); at != std::string::npos; at = sentence.find(file.path())) {
      sentence.replace(at, file.path().size(), "job.yaml");
    }
    return sentence;
  }
  return "";
}

const std::string three_stores = R"(command: sync
input:
  path: in/{store}.csv
rate:
  share: 0.8
store:
  token_file: tokens/{store}
stores:
  - hash: abc
  - hash: def
    token_env: TOKEN_OF_DEF
    rate: {share: 0.5, shape: burst}
  - hash: ghi
    token_command: "print-token {store}"
    ledger: sqlite:special.db
)";

}  // namespace

TEST_CASE("a store has what is said for all, and over it what its entry says") {
  const JobFile file(three_stores);
  const std::vector<StoreJob> stores = read(file);
  REQUIRE(stores.size() == 3);
  const Config& abc = stores[0].config;
  CHECK(abc.store.hash == "abc");
  CHECK(abc.input.path == file.beside("in/abc.csv"));
  CHECK(abc.store.token_file == file.beside("tokens/abc"));
  CHECK(abc.rate.share == 0.8);
  CHECK(stores[0].where == file.path() + ":9");
  const Config& def = stores[1].config;
  CHECK(def.rate.share == 0.5);
  CHECK(def.rate.shape == consent_sync::pace::Shape::burst);
  CHECK(stores[2].config.store.token_command == "print-token ghi");
}

TEST_CASE("a token that a store names takes the place of the one for all") {
  const JobFile file(three_stores);
  const std::vector<StoreJob> stores = read(file);
  CHECK(stores[1].config.store.token_file.empty());
  CHECK(stores[1].config.store.token_env == "TOKEN_OF_DEF");
  CHECK(stores[2].config.store.token_file.empty());
  for (const StoreJob& job : stores) CHECK(check(job.config).empty());
}

TEST_CASE("each store has its own ledger and its own directory for reports") {
  const JobFile file(three_stores);
  const std::vector<StoreJob> stores = read(file);
  CHECK(stores[0].config.ledger == "sqlite:consent-sync-abc.db");
  CHECK(stores[2].config.ledger == "sqlite:" + file.beside("special.db"));
  CHECK(stores[0].config.report.dir == "reports/abc");
}

TEST_CASE("flags win over the entries of stores") {
  const JobFile file(three_stores);
  Words words;
  words.flags["rate.share"] = "0.1";
  for (const StoreJob& job : read(file, words)) CHECK(job.config.rate.share == 0.1);
}

TEST_CASE("stores are chosen by their hashes, in the order of the file") {
  const JobFile file(three_stores);
  Words words;
  words.stores.only = {"ghi", "abc"};
  const std::vector<StoreJob> some = read(file, words);
  REQUIRE(some.size() == 2);
  CHECK(some[0].config.store.hash == "abc");
  CHECK(some[1].config.store.hash == "ghi");
  words.stores.one = "def";
  CHECK(read(file, words).size() == 1);

  words = {};
  words.stores.only = {"ab"};
  CHECK(problem_of(three_stores, words) ==
        "--only-store: there is no store ab; did you mean abc? (there are abc, def, ghi)");
  words = {};
  words.stores.one = "zzzzzz";
  CHECK(problem_of(three_stores, words) == "--store: there is no store zzzzzz (there are abc, def, ghi)");
  CHECK(problem_of("command: sync\ninput: {path: a.csv}\n", words) ==
        "--store and --only-store choose among several stores, and no file names any under stores: "
        "--store-hash "
        "names the only one");
}

TEST_CASE("what an entry says wrongly is told with its file, its line and its key") {
  const auto with = [](const std::string& entry) {
    return problem_of("command: sync\ninput: {path: '{store}.csv'}\nstores:\n" + entry);
  };
  CHECK(with("  - hash: abc\n  - hash: abc\n") == "job.yaml:5: store abc has an entry already (job.yaml:4)");
  CHECK(with("  - token_env: A\n") == "job.yaml:4: this store has no hash: name it, \"hash: abc123\"");
  CHECK(with("  - abc\n") == "job.yaml:4: expected the settings of a store: \"hash: abc123\"");
  CHECK(with("  - hash: a/b\n") ==
        "job.yaml:4: hash is \"a/b\": expected letters, digits, - and _: it names files, too");
  CHECK(with("  - hash: abc\n    hahs: abc\n") == "job.yaml:5: hahs is no setting; did you mean hash?");
  CHECK(with("  - hash: abc\n    rate: {shar: 1}\n") ==
        "job.yaml:5: rate.shar is no setting; did you mean rate.share?");
  CHECK(with("  - hash: abc\n    rate:\n      share: 7\n") ==
        "job.yaml:6: rate.share is \"7\": expected a share such as 0.9 or 90%, above 0 and up to 1");
  CHECK(with("  - hash: abc\n    hash: def\n") == "job.yaml:5: hash is set twice");
  CHECK(with("  - hash: abc\n    store: {token_env: A}\n") ==
        "job.yaml:5: an entry is a store: what belongs to it stands in it without store, as hash does");
  CHECK(with("  - store.hash: abc\n") ==
        "job.yaml:4: an entry is a store: what belongs to it stands in it without store, as hash does");
  CHECK(with("  - hash: abc\nstores:\n  - hash: def\n") == "job.yaml:4: stores is set twice");
  CHECK(with("  - hash: abc\n    dry_run: true\n") ==
        "job.yaml:5: dry_run is the same for all stores: it stands outside stores");
  CHECK(with("  - hash: abc\n    report: {dir: there}\n") ==
        "job.yaml:5: report.dir is the same for all stores: it stands outside stores");
  CHECK(with("  - hash: abc\n    token: c0ffee\n") ==
        "job.yaml:5: store.token is no setting: the token stands in the variable that store.token_env names, "
        "or in "
        "the file that store.token_file names");
  CHECK(problem_of("command: sync\nstores: abc\n") ==
        "job.yaml:2: stores takes a list, with an entry for each store: \"- hash: abc123\"");
  CHECK(problem_of("command: sync\nstors:\n  - hash: abc\n") ==
        "job.yaml:2: stors is no setting; did you mean stores?");
}

TEST_CASE("stores that would get into each other's way are refused") {
  const auto with = [](const std::string& rest, const std::string& entry = "") {
    return problem_of("command: sync\n" + rest + "stores:\n  - hash: abc\n" + entry + "  - hash: def\n" +
                      entry);
  };
  CHECK(with("input: {path: '/in/{store}.csv'}\n") == "");
  CHECK(with("input: {path: /in/all.csv}\n") ==
        "job.yaml:4 and job.yaml:5: stores abc and def have the same input.path, /in/all.csv, and a "
        "customer's id is "
        "another customer's in another store: put {store} in its name, or name the column that tells them "
        "apart in input.store_column");
  CHECK(with("input: {path: /in/all.csv, store_column: store_hash}\n") == "");
  CHECK(with("input: {path: '/in/{store}.csv'}\nledger: sqlite:/var/all.db\n") ==
        "job.yaml:5 and job.yaml:6: stores abc and def have the same ledger, sqlite:/var/all.db, and one "
        "store would "
        "wait for the other: put {store} in its name");
  CHECK(with("input: {path: '/in/{store}.csv'}\nmetrics: {file: /var/all.prom}\n")
            .find("the same metrics.file") != std::string::npos);
  CHECK(with("input: {path: '/in/{store}.csv'}\nmetrics: {listen: '127.0.0.1:9464'}\n")
            .find("metrics.listen") != std::string::npos);
  CHECK(with("input: {path: '/in/{store}.csv'}\nmetrics: {listen: '127.0.0.1:0'}\n") == "");
  CHECK(with("input: {path: '/in/{store}.csv'}\nreport: {dir: '/out/{store}'}\n") ==
        "report.dir is \"/out/{store}\": leave {store} out; each store has a directory of its name in it");
}

TEST_CASE("the hash of several stores is not one that a flag sets") {
  Words words;
  words.flags["store.hash"] = "xyz";
  CHECK(problem_of(three_stores, words) ==
        "job.yaml:9 names several stores, and a flag or the environment sets store.hash to xyz: choose with "
        "--store or "
        "--only-store");
}

TEST_CASE("the example job over many stores applies") {
  Config config;
  Words words;
  words.job = CONSENT_SYNC_SOURCE_DIR "/jobs/many-stores.yaml";
  const Files files = read_files(config, words);
  const std::vector<StoreJob> stores = settings_of_stores(config, words, files.stores);
  CHECK(stores.size() == 3);
  CHECK(stores[1].config.store.token_env == "TOKEN_OF_DEF456");
  CHECK(stores[2].config.input.path.ends_with("/exports/ghi789.ndjson.gz"));
  for (const StoreJob& job : stores) CHECK(check(job.config).empty());
}

TEST_CASE("a store's process has the same command line, for that store") {
  const auto since = consent_sync::consent::Timestamp(std::chrono::milliseconds(1234));
  Config config;
  config.store.hash = "abc";
  const std::string seen = fingerprint(config);
  CHECK(arguments_for({"run", "--", "job.yaml"}, config, since) ==
        std::vector<std::string>{"run", "--store", "abc", supervised_flag, "1234", supervised_settings_flag,
                                 seen, "--", "job.yaml"});
  config.dry_run = true;
  CHECK(fingerprint(config) != seen);
}

TEST_CASE("a store's process has no other store's token") {
  const JobFile file(R"(command: sync
input: {path: '{store}.csv'}
stores:
  - hash: abc
    token_env: TOKEN_A
  - hash: def
    token_env: TOKEN_D
  - hash: ghi
    token_file: tokens/ghi
)");
  const std::vector<StoreJob> stores = read(file);
  const std::vector<std::string> ours{"PATH=/bin", "TOKEN_A=1", "TOKEN_D=2", "TOKEN_A_TOO=3"};
  const auto of = [&](std::size_t store) { return environment_for(ours, stores[store].config, stores); };
  CHECK(of(0) == std::vector<std::string>{"PATH=/bin", "TOKEN_A=1", "TOKEN_A_TOO=3"});
  CHECK(of(1) == std::vector<std::string>{"PATH=/bin", "TOKEN_D=2", "TOKEN_A_TOO=3"});
  CHECK(of(2) == std::vector<std::string>{"PATH=/bin", "TOKEN_A_TOO=3"});
}
