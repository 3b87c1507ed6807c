#include <doctest/doctest.h>
#include <simdjson.h>

#include <consent_sync/report/report.hpp>

#include "json_writer.hpp"
#include "report_fixture.hpp"

using namespace consent_sync;
using consent::Outcome;

namespace {

/// summary.json of a run, parsed by somebody else's parser.
class Summary {
 public:
  Summary(LedgerStory& story, const std::string& id) {
    const auto directory = report::write_report(story.ledger(), id, story.report_dir());
    json_ = parser_.parse(read_file(directory / "summary.json"));
  }

  std::uint64_t number(std::string_view path) const { return json_.at_pointer(path).get_uint64(); }
  double decimal(std::string_view path) const { return json_.at_pointer(path).get_double(); }
  std::string text(std::string_view path) const {
    return std::string(json_.at_pointer(path).get_string().value());
  }
  bool is_null(std::string_view path) const { return json_.at_pointer(path).value().is_null(); }
  bool has(std::string_view path) const { return json_.at_pointer(path).error() == simdjson::SUCCESS; }
  bool flag(std::string_view path) const { return json_.at_pointer(path).get_bool(); }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element json_;
};

}  // namespace

TEST_CASE("summary.json tells the numbers that the ledger holds") {
  LedgerStory story;
  story.windows = {{at("2026-11-24T05:00:00Z"), std::chrono::seconds(30), 150, 135, 10, 0, 7, false},
                   {at("2026-11-24T05:00:30Z"), std::chrono::seconds(30), 150, 135, 75, 1, 0, true}};
  const std::string id = story.tell(example_run(), every_outcome(), 1);
  const Summary summary(story, id);
  const ledger::OutcomeCounts counts = story.ledger().counts(id);

  CHECK(summary.number("/schema_version") == 1);
  CHECK(summary.text("/run_id") == id);
  CHECK(summary.text("/mode") == "sync");
  CHECK(summary.text("/state") == "finished");
  CHECK(summary.text("/store") == "abc123");
  CHECK(summary.text("/tool_version") == "0.1.0");
  CHECK(summary.text("/correlation_id") == "3c0a1d2e-1111-4222-8333-123456789abc");
  CHECK(summary.text("/started_at") == "2026-11-24T05:00:00Z");
  CHECK(summary.decimal("/duration_s") == 312.5);
  CHECK(summary.text("/input/path") == "exports/consents.csv");
  CHECK(summary.number("/input/rows") == 12);
  for (const Outcome outcome : consent::all_outcomes) {
    const std::string path = "/outcomes/" + std::string(consent::to_string(outcome));
    const bool of_sync = outcome != Outcome::would_apply && outcome != Outcome::in_sync &&
                         outcome != Outcome::drifted && outcome != Outcome::not_sampled &&
                         outcome != Outcome::unresolved;
    CHECK(summary.has(path) == of_sync);
    if (of_sync) CHECK(summary.number(path) == counts[outcome]);
  }
  CHECK(summary.has("/categories/analytics/withdrawn"));
  CHECK(summary.has("/forecast"));
  CHECK(summary.number("/rows") == 12);
  CHECK(summary.number("/ok") == 5);
  CHECK(summary.number("/problems") == 7);
  CHECK(summary.number("/unfinished") == 0);
  CHECK(summary.flag("/accounts_add_up"));
  CHECK(summary.number("/changes/planned") == 8);
  CHECK(summary.number("/changes/planned") == story.ledger().change_counts(id).changes);
  CHECK(summary.number("/changes/withdrawing") == story.ledger().change_counts(id).withdrawing);
  CHECK(summary.number("/changes/granting") == story.ledger().change_counts(id).granting);
  CHECK(summary.number("/requests/put") == 15);
  CHECK(summary.number("/requests/throttled") == 2);
  CHECK(summary.number("/requests/reopened") == 1);
  CHECK(summary.decimal("/requests/per_second") == 4.0);
  CHECK(summary.number("/quota/per_window") == 150);
  CHECK(summary.number("/quota/window_ms") == 30000);
  CHECK(summary.decimal("/quota/used_share") == doctest::Approx(0.5));
  CHECK(summary.number("/quota/all/windows") == 2);
  CHECK(summary.number("/quota/all/used") == 85);
  CHECK(summary.number("/quota/all/others") == 7);
  CHECK(summary.number("/quota/whole/windows") == 1);
  CHECK(summary.number("/quota/whole/offered") == 150);
  CHECK(summary.number("/quota/whole/budget") == 135);
  CHECK(summary.number("/quota/whole/used") == 75);
  CHECK(summary.number("/quota/whole/throttled") == 1);
  CHECK(summary.decimal("/latency_ms/max") == 100.0);
  CHECK(summary.number("/exit_code") == 1);
  CHECK(summary.is_null("/stop_reason"));
}

TEST_CASE("what a run does not have is null, not left out") {
  LedgerStory story;
  ledger::Run run = example_run(ledger::Mode::dry_run);
  const Summary summary(story, story.tell_staging(run, every_outcome()));
  for (const char* path :
       {"/ended_at", "/duration_s", "/quota/per_window", "/quota/window_ms", "/quota/used_share",
        "/latency_ms/p50", "/latency_ms/max", "/exit_code", "/stop_reason"}) {
    CAPTURE(path);
    CHECK(summary.is_null(path));
  }
  CHECK(summary.number("/outcomes/would_apply") == 0);
  CHECK_FALSE(summary.has("/outcomes/applied"));
}

TEST_CASE("text from outside cannot break out of the JSON") {
  report::JsonWriter json;
  const std::string hostile("quote \" backslash \\ line\n tab\t zero\0 bell\a bad\xFF end", 48);
  json.text("a", hostile);
  json.begin("empty");
  json.end();
  json.decimal("third", 1.0 / 3);
  const std::string text = json.finish();

  simdjson::dom::parser parser;
  const simdjson::dom::element parsed = parser.parse(text);
  std::string expected = hostile;
  expected.replace(expected.find('\xFF'), 1, "\xEF\xBF\xBD");
  CHECK(std::string(parsed["a"].get_string().value()) == expected);
  CHECK(parsed["empty"].get_object().value().size() == 0);
  CHECK(parsed["third"].get_double().value() == 0.333);
}
