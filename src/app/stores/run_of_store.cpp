#include "run_of_store.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <simdjson.h>

#include <consent_sync/consent/outcome.hpp>

namespace consent_sync::app {
namespace {

namespace json = simdjson::dom;

/// Members of one object; what is missing, or something else, makes it unusable.
class Members {
 public:
  explicit Members(json::object object) : object_(object) {}

  std::string text(std::string_view key) {
    std::string_view value;
    note(object_[key].get(value));
    return std::string(value);
  }
  std::string text_or_null(std::string_view key) {
    json::element value;
    note(object_[key].get(value));
    return is_whole_ && value.is_null() ? "" : text(key);
  }
  std::uint64_t number(std::string_view key) {
    std::uint64_t value = 0;
    note(object_[key].get(value));
    return value;
  }
  json::object object(std::string_view key) {
    json::object value;
    note(object_[key].get(value));
    return value;
  }
  bool is_whole() const { return is_whole_; }

 private:
  void note(simdjson::error_code error) { is_whole_ = is_whole_ && error == simdjson::SUCCESS; }

  json::object object_;
  bool is_whole_ = true;
};

bool read_outcomes(json::object object, ledger::OutcomeCounts& counts) {
  for (const auto& [word, value] : object) {
    const std::optional<consent::Outcome> outcome = consent::parse_outcome(word);
    std::uint64_t count = 0;
    if (!outcome || value.get(count) != simdjson::SUCCESS) return false;
    counts[*outcome] = count;
  }
  return true;
}

}  // namespace

std::optional<report::StoreRun> parse_summary(std::string_view text) {
  json::parser parser;
  json::object root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  Members summary(root);
  report::StoreRun run;
  run.id = summary.text("run_id");
  run.verdict = summary.text("verdict");
  run.stop_reason = summary.text_or_null("stop_reason");
  const json::object outcomes = summary.object("outcomes");
  Members changes(summary.object("changes"));
  Members requests(summary.object("requests"));
  if (!summary.is_whole() || !read_outcomes(outcomes, run.outcomes)) return std::nullopt;
  run.changes = {changes.number("planned"), changes.number("withdrawing"), changes.number("granting")};
  run.put = requests.number("put");
  run.get = requests.number("get");
  run.throttled = requests.number("throttled");
  if (!changes.is_whole() || !requests.is_whole()) return std::nullopt;
  return run;
}

std::optional<report::StoreRun> read_run(const std::filesystem::path& directory) {
  std::ifstream file(directory / "summary.json", std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::optional<report::StoreRun> run = parse_summary(text);
  if (run) run->directory = directory;
  return run;
}

}  // namespace consent_sync::app
