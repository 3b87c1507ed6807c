#include <chrono>

#include <fmt/format.h>

#include "facts.hpp"
#include "page_sections.hpp"
#include "traffic_figures.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

void add_quota_facts(Html& html, const ledger::Traffic& traffic, const QuotaDigest& quota) {
  const auto used = quota.used_share();
  if (!used) return add_fact(html, "Quota", "none was announced");
  add_fact(html, "Quota",
           fmt::format("{} in {}", count_of(traffic.quota, "request", "requests"),
                       duration_words(traffic.window)));
  add_fact(html, "Quota used", fmt::format("{:.0f} %", *used * 100));
}

std::string input_name(const ledger::InputFacts& input) {
  return input.path == "-" ? "standard input" : input.path;
}

void add_times(Html& html, const ledger::Run& run) {
  add_fact(html, "Started", time_words(run.started_at));
  add_fact(html, "Ended", run.ended_at ? time_words(*run.ended_at) : "not yet");
  if (run.resumptions != 0)
    add_fact(html, "Resumed", count_of(static_cast<unsigned>(run.resumptions), "time", "times"));
  if (run.exit_code) add_fact(html, "Exit code", fmt::format("{}", *run.exit_code));
  if (!run.stop_reason.empty()) add_fact(html, "Why it stopped", run.stop_reason);
}

void add_input(Html& html, const ledger::InputFacts& input) {
  add_code_fact(html, "Input", input_name(input));
  add_fact(html, "Its size",
           fmt::format("{}, {}, {}", input.format == "ndjson" ? "NDJSON" : "CSV", size_words(input.bytes),
                       count_of(input.rows, "row", "rows")));
  add_code_fact(html, "Its SHA-256", input.sha256.empty() ? "not known" : input.sha256);
}

}  // namespace

Html glance(const ledger::Run& run) {
  Html html;
  html.markup("<dl class=\"glance\">\n");
  add_code_fact(html, "Store", run.store);
  add_code_fact(html, "Input", input_name(run.input));
  add_fact(html, "Started", time_words(run.started_at));
  add_fact(html, "Took", run.ended_at ? duration_words(*run.ended_at - run.started_at) : "not ended yet");
  add_code_fact(html, "Run", run.id);
  return html.markup("</dl>\n");
}

Html traffic_section(const ReportData& data) {
  const ledger::Traffic& traffic = data.run.traffic;
  Html html;
  if (requests_sent(traffic) == 0 && traffic.faults.total() == 0)
    return html.markup("<p>No request was sent.</p>\n");
  html.markup("<dl class=\"figures\">\n");
  add_fact(html, "PUT requests", number(traffic.put));
  add_fact(html, "GET requests", number(traffic.get));
  add_fact(html, "Time spent sending", duration_words(traffic.sending));
  add_fact(html, "Rate", fmt::format("{:.1f} requests/s", request_rate(traffic)));
  add_quota_facts(html, traffic, data.quota);
  html.markup("</dl>\n");
  html.add(quota_section(data.quota)).add(latency_section(traffic.latency));
  return html.add(faults_section(data));
}

Html facts_section(const ledger::Run& run) {
  Html html;
  html.markup("<dl class=\"facts\">\n");
  add_code_fact(html, "Run", run.id);
  if (!run.plan.empty()) add_code_fact(html, "Carries out plan", run.plan);
  if (!run.undoes.empty()) add_code_fact(html, "Takes back run", run.undoes);
  add_code_fact(html, "Store", run.store);
  add_code_fact(html, "API", run.api_url);
  add_times(html, run);
  add_input(html, run.input);
  add_code_fact(html, "Correlation id", run.correlation_id);
  if (run.evidence) add_code_fact(html, "Head of the history", to_string(*run.evidence));
  add_fact(html, "Written by", "consent-sync " + run.tool_version);
  return html.markup("</dl>\n");
}

}  // namespace consent_sync::report
