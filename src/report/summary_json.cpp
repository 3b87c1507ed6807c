#include "summary_json.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <consent_sync/report/accounting.hpp>

#include "json_writer.hpp"
#include "outcome_words.hpp"
#include "sampling.hpp"
#include "traffic_figures.hpp"
#include "verdict.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

constexpr std::uint64_t schema_version = 1;
constexpr std::size_t most_reasons_told = 40;

void write_run(JsonWriter& json, std::string_view name, const ledger::RunId& id) {
  if (id.empty()) {
    json.null(name);
  } else {
    json.text(name, id);
  }
}

void write_identity(JsonWriter& json, const ledger::Run& run) {
  json.number("schema_version", schema_version);
  json.text("run_id", run.id);
  json.text("mode", ledger::to_string(run.mode));
  json.text("state", ledger::to_string(run.state));
  json.text("store", run.store);
  json.text("api_url", run.api_url);
  json.text("tool_version", run.tool_version);
  json.text("correlation_id", run.correlation_id);
  write_run(json, "plan", run.plan);
  write_run(json, "undoes", run.undoes);
  if (run.evidence) {
    json.text("evidence_head", to_string(*run.evidence));
  } else {
    json.null("evidence_head");
  }
}

void write_times(JsonWriter& json, const ledger::Run& run) {
  json.text("started_at", consent::to_rfc3339(run.started_at));
  if (run.ended_at) {
    json.text("ended_at", consent::to_rfc3339(*run.ended_at));
    json.decimal("duration_s", std::chrono::duration<double>(*run.ended_at - run.started_at).count());
  } else {
    json.null("ended_at");
    json.null("duration_s");
  }
  json.number("resumptions", static_cast<std::uint64_t>(run.resumptions));
}

void write_input(JsonWriter& json, const ledger::InputFacts& input) {
  json.begin("input");
  json.text("path", input.path);
  json.text("format", input.format);
  json.text("sha256", input.sha256);
  json.number("bytes", input.bytes);
  json.number("rows", input.rows);
  json.end();
}

void write_accounts(JsonWriter& json, const ledger::Run& run, const ledger::OutcomeCounts& counts) {
  json.begin("outcomes");
  for (const consent::Outcome outcome : listed_outcomes(run.mode, counts)) {
    json.number(consent::to_string(outcome), counts[outcome]);
  }
  json.end();
  json.number("rows", counts.total());
  json.number("ok", counts.of_class(OutcomeClass::ok));
  json.number("problems", counts.of_class(OutcomeClass::problem));
  json.number("unfinished", counts.of_class(OutcomeClass::unfinished));
  json.flag("accounts_add_up", !check_accounts(run, counts));
}

void write_reasons(JsonWriter& json, const Digest& digest) {
  const std::vector<ProblemGroup> groups = digest.problem_groups();
  json.begin_array("problem_reasons");
  for (std::size_t i = 0; i < std::min(groups.size(), most_reasons_told); ++i) {
    json.begin_item();
    json.text("outcome", consent::to_string(groups[i].outcome));
    json.text("reason", groups[i].reason);
    json.number("rows", groups[i].rows);
    json.number("first_line", static_cast<std::uint64_t>(groups[i].first_line));
    if (const EarlierProblems* earlier = digest.earlier()) {
      json.number("rows_before", earlier->rows_of(groups[i].outcome, groups[i].reason));
    } else {
      json.null("rows_before");
    }
    json.end();
  }
  json.end_array();
}

void write_previous(JsonWriter& json, const Digest& digest) {
  const EarlierProblems* earlier = digest.earlier();
  if (earlier == nullptr) return json.null("previous");
  const Comparison comparison = earlier->comparison();
  json.begin("previous");
  json.text("run_id", earlier->run().id);
  json.number("problems", comparison.before);
  json.flag("compared_row_by_row", comparison.row_by_row);
  const auto compared = [&](std::string_view key, std::uint64_t rows) {
    if (!comparison.row_by_row) return json.null(key);
    json.number(key, rows);
  };
  const std::uint64_t problems = digest.counts().of_class(OutcomeClass::problem);
  compared("new", digest.new_problems());
  compared("again", problems - digest.new_problems());
  compared("mended", comparison.mended);
  compared("left_out", comparison.left_out);
  compared("not_reached", comparison.not_reached);
  json.end();
}

void write_changes(JsonWriter& json, const ledger::ChangeCounts& changes) {
  json.begin("changes");
  json.number("planned", changes.changes);
  json.number("withdrawing", changes.withdrawing);
  json.number("granting", changes.granting);
  json.end();
}

std::string_view key_of(consent::Decision decision) {
  switch (decision) {
    case consent::Decision::allow:
      return "allow";
    case consent::Decision::deny:
      return "deny";
    case consent::Decision::unspecified:
      return "unspecified";
  }
  return "";
}

/// By what was before and, within it, what was asked for.
void write_matrix(JsonWriter& json, const CategoryChanges& changes) {
  constexpr std::array decisions{consent::Decision::allow, consent::Decision::deny,
                                 consent::Decision::unspecified};
  json.begin("from");
  for (const consent::Decision before : decisions) {
    json.begin(key_of(before));
    for (const consent::Decision after : decisions) json.number(key_of(after), changes.at(before, after));
    json.end();
  }
  json.end();
}

void write_categories(JsonWriter& json, const ledger::Run& run, const Digest& digest) {
  json.begin("categories");
  for (const consent::Category category : consent::all_categories) {
    json.begin(consent::to_string(category));
    if (run.mode == ledger::Mode::audit) {
      const CategoryDrift& drift = digest.drift_of(category);
      json.number("compared", drift.compared);
      json.number("drifted", drift.drifted());
      json.number("store_allows_input_denies", drift.store_allows);
      json.number("store_denies_input_allows", drift.store_denies);
      json.number("store_holds_nothing", drift.store_open);
    } else {
      const CategoryChanges& changes = digest.changes_of(category);
      json.number("withdrawn", changes.withdrawn());
      json.number("granted", changes.granted());
      json.number("first_denied", changes.first_denied());
      json.number("first_allowed", changes.first_allowed());
      write_matrix(json, changes);
    }
    json.end();
  }
  json.end();
}

void write_forecast(JsonWriter& json, const ledger::Run& run) {
  if (!run.forecast) return json.null("forecast");
  json.begin("forecast");
  json.number("requests", run.forecast->requests);
  json.decimal("duration_s", std::chrono::duration<double>(run.forecast->duration).count());
  json.number("quota", run.forecast->quota);
  json.number("window_ms", static_cast<std::uint64_t>(run.forecast->window.count()));
  json.decimal("share", run.forecast->share);
  json.flag("quota_is_the_stores", run.forecast->quota_is_the_stores);
  if (const auto& late = run.forecast->late) {
    json.begin("late");
    json.text("deadline", consent::to_rfc3339(late->deadline));
    json.number("changes", late->changes);
    json.number("withdrawals", late->withdrawals);
    json.number("grants", late->changes - late->withdrawals);
    json.end();
  } else {
    json.null("late");
  }
  json.end();
}

void write_drift(JsonWriter& json, const ledger::Run& run, const ledger::CustomerEnds& customers) {
  const auto estimate = estimate_drift(run, customers);
  if (!estimate) return json.null("drift");
  json.begin("drift");
  json.number("customers", estimate->customers);
  json.number("drawn", estimate->drawn);
  json.number("compared", estimate->compared);
  json.number("drifted", estimate->drifted);
  json.number("seed", estimate->seed);
  json.precise("share", estimate->share);
  json.precise("low", estimate->interval.low);
  json.precise("high", estimate->interval.high);
  json.end();
}

void write_requests(JsonWriter& json, const ledger::Traffic& traffic) {
  json.begin("requests");
  json.number("put", traffic.put);
  json.number("get", traffic.get);
  json.number("retried", traffic.retried);
  json.number("throttled", traffic.throttled);
  json.number("reopened", traffic.reopened);
  json.decimal("sending_s", std::chrono::duration<double>(traffic.sending).count());
  json.decimal("per_second", request_rate(traffic));
  json.end();
}

void write_faults(JsonWriter& json, const ledger::FaultCounts& faults, const Digest& digest) {
  json.begin("faults");
  for (const ledger::Fault fault : ledger::all_faults) json.number(ledger::to_string(fault), faults[fault]);
  json.end();
  json.begin("tried_again");
  json.number("rows", digest.tried_again());
  json.number("ok", digest.tried_again_ok());
  json.end();
}

void write_files(JsonWriter& json, const ReportData& data) {
  json.begin("files");
  json.text("page", "report.html");
  json.text("outcomes", data.outcomes_file);
  json.text("rejected", data.rejected_file);
  json.text("windows", "windows.csv");
  json.text("summary_md", "summary.md");
  json.end();
}

void write_windows(JsonWriter& json, std::string_view key, const QuotaStretch& windows) {
  json.begin(key);
  json.number("windows", windows.windows);
  json.number("offered", windows.offered);
  json.number("budget", windows.budget);
  json.number("used", windows.used);
  json.number("throttled", windows.throttled);
  json.number("others", windows.others);
  json.end();
}

void write_quota(JsonWriter& json, const ledger::Traffic& traffic, const QuotaDigest& quota) {
  json.begin("quota");
  if (const auto used = quota.used_share()) {
    json.number("per_window", traffic.quota);
    json.number("window_ms", static_cast<std::uint64_t>(traffic.window.count()));
    json.decimal("used_share", *used);
  } else {
    json.null("per_window");
    json.null("window_ms");
    json.null("used_share");
  }
  write_windows(json, "all", quota.all());
  write_windows(json, "whole", quota.whole());
  json.end();
}

void write_latency(JsonWriter& json, const ledger::LatencyHistogram& latency) {
  const auto milliseconds = [&](std::string_view key, std::chrono::microseconds value) {
    if (latency.count() == 0) return json.null(key);
    json.decimal(key, std::chrono::duration<double, std::milli>(value).count());
  };
  json.begin("latency_ms");
  milliseconds("p50", latency.quantile(0.50));
  milliseconds("p95", latency.quantile(0.95));
  milliseconds("p99", latency.quantile(0.99));
  milliseconds("max", latency.max());
  json.end();
}

void write_end(JsonWriter& json, const ledger::Run& run) {
  if (run.exit_code && *run.exit_code >= 0) {
    json.number("exit_code", static_cast<std::uint64_t>(*run.exit_code));
  } else {
    json.null("exit_code");
  }
  if (run.stop_reason.empty()) return json.null("stop_reason");
  json.text("stop_reason", run.stop_reason);
}

}  // namespace

std::string summary_json(const ReportData& data) {
  const ledger::Run& run = data.run;
  const ledger::OutcomeCounts& counts = data.digest.counts();
  JsonWriter json;
  write_identity(json, run);
  json.text("verdict", judge_run(run, data.totals).headline);
  write_times(json, run);
  write_input(json, run.input);
  write_accounts(json, run, counts);
  write_reasons(json, data.digest);
  write_previous(json, data.digest);
  write_changes(json, data.totals.changes);
  write_categories(json, run, data.digest);
  write_forecast(json, run);
  write_drift(json, run, data.totals.customers);
  write_requests(json, run.traffic);
  write_faults(json, run.traffic.faults, data.digest);
  write_quota(json, run.traffic, data.quota);
  write_latency(json, run.traffic.latency);
  write_files(json, data);
  write_end(json, run);
  return json.finish();
}

}  // namespace consent_sync::report
