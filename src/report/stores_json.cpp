#include "stores_json.hpp"

#include "json_writer.hpp"
#include "outcome_words.hpp"
#include "stores_digest.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

constexpr std::uint64_t stores_schema_version = 1;

void text_or_null(JsonWriter& json, std::string_view key, std::string_view text) {
  text.empty() ? json.null(key) : json.text(key, text);
}

void number_or_null(JsonWriter& json, std::string_view key, bool is_there, int value) {
  is_there&& value >= 0 ? json.number(key, static_cast<std::uint64_t>(value)) : json.null(key);
}

void write_accounts(JsonWriter& json, ledger::Mode mode, const ledger::OutcomeCounts& counts,
                    const ledger::ChangeCounts& changes) {
  json.begin("outcomes");
  for (const consent::Outcome outcome : listed_outcomes(mode, counts)) {
    json.number(consent::to_string(outcome), counts[outcome]);
  }
  json.end();
  json.number("rows", counts.total());
  json.number("ok", counts.of_class(OutcomeClass::ok));
  json.number("problems", counts.of_class(OutcomeClass::problem));
  json.number("unfinished", counts.of_class(OutcomeClass::unfinished));
  json.begin("changes");
  json.number("planned", changes.changes);
  json.number("withdrawing", changes.withdrawing);
  json.number("granting", changes.granting);
  json.end();
}

void write_requests(JsonWriter& json, std::uint64_t put, std::uint64_t get, std::uint64_t throttled) {
  json.begin("requests");
  json.number("put", put);
  json.number("get", get);
  json.number("throttled", throttled);
  json.end();
}

void write_run(JsonWriter& json, ledger::Mode mode, const StoreResult& result,
               const std::filesystem::path& directory) {
  if (!result.run) return json.null("run");
  const StoreRun& run = *result.run;
  json.begin("run");
  json.text("run_id", run.id);
  json.text("verdict", run.verdict);
  text_or_null(json, "stop_reason", run.stop_reason);
  write_accounts(json, mode, run.outcomes, run.changes);
  write_requests(json, run.put, run.get, run.throttled);
  json.text("report", link_to(result, directory));
  json.end();
}

void write_store(JsonWriter& json, ledger::Mode mode, const StoreResult& result,
                 const std::filesystem::path& directory) {
  json.begin_item();
  json.text("store", result.store);
  json.text("status", to_string(status_of(result)));
  number_or_null(json, "exit_code", result.end == StoreResult::End::exited, result.exit_code);
  number_or_null(json, "signal", result.signal != 0, result.signal);
  json.text("story", story_of(result));
  json.decimal("duration_s", std::chrono::duration<double>(result.duration).count());
  write_run(json, mode, result, directory);
  json.end();
}

void write_strays(JsonWriter& json, const StoresResult& whole, const StoresDigest& digest) {
  json.number("stray_rows", digest.strays);
  json.begin_array("strays");
  for (const StrayRows& strays : whole.strays) {
    json.begin_item();
    json.text("input", strays.input);
    text_or_null(json, "store", strays.store);
    json.number("rows", strays.rows);
    json.end();
  }
  json.end_array();
}

void write_statuses(JsonWriter& json, const StoresDigest& digest) {
  json.begin("stores_by_status");
  for (const StoreStatus status : all_store_statuses) json.number(to_string(status), digest.of(status));
  json.end();
}

}  // namespace

std::string stores_json(const StoresResult& whole, const std::filesystem::path& directory) {
  const StoresDigest digest(whole);
  JsonWriter json;
  json.number("schema_version", stores_schema_version);
  json.text("id", whole.id);
  json.text("mode", ledger::to_string(whole.mode));
  json.text("tool_version", whole.tool_version);
  json.text("verdict", judge_stores(whole, digest).headline);
  json.text("started_at", consent::to_rfc3339(whole.started_at));
  json.text("ended_at", consent::to_rfc3339(whole.ended_at));
  json.decimal("duration_s", std::chrono::duration<double>(whole.ended_at - whole.started_at).count());
  json.number("exit_code", static_cast<std::uint64_t>(whole.exit_code));
  write_statuses(json, digest);
  json.number("stores_without_run", digest.without_run);
  write_accounts(json, whole.mode, digest.outcomes, digest.changes);
  write_requests(json, digest.put, digest.get, digest.throttled);
  write_strays(json, whole, digest);
  json.begin_array("stores");
  for (const StoreResult& result : whole.stores) write_store(json, whole.mode, result, directory);
  json.end_array();
  return json.finish();
}

}  // namespace consent_sync::report
