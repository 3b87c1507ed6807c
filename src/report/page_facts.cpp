#include <chrono>

#include <fmt/format.h>

#include "page_sections.hpp"
#include "traffic_figures.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

bool is_dry(const ledger::Run& run) {
  return run.mode == ledger::Mode::dry_run;
}

void add_fact(Html& html, std::string_view name, std::string_view value) {
  html.markup("<div><dt>").text(name).markup("</dt><dd>").text(value).markup("</dd></div>\n");
}

void add_code_fact(Html& html, std::string_view name, std::string_view value) {
  html.markup("<div><dt>").text(name).markup("</dt><dd><code>").text(value).markup("</code></dd></div>\n");
}

/// "2026-11-24 05:00:00 UTC": seconds are enough for people.
std::string time_words(consent::Timestamp time) {
  std::string text = consent::to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  text.replace(text.find('T'), 1, " ");
  text.replace(text.find('Z'), 1, " UTC");
  return text;
}

Html category_table(const ledger::Run& run, const Digest& digest) {
  Html html;
  html.markup(
      "<div class=\"scroll compact\" role=\"region\" aria-label=\"Decisions by category\" "
      "tabindex=\"0\"><table>\n<caption>");
  html.text(is_dry(run) ? "Decisions that would change, by category" : "Confirmed decisions, by category");
  html.markup(
      "</caption>\n<thead><tr><th scope=\"col\">Category</th><th scope=\"col\" class=\"n\">Withdrawn</th>"
      "<th scope=\"col\" class=\"n\">Granted</th><th scope=\"col\" class=\"n\">New: deny</th>"
      "<th scope=\"col\" class=\"n\">New: allow</th></tr></thead>\n<tbody>\n");
  for (const consent::Category category : consent::all_categories) {
    const CategoryChanges& changes = digest.changes_of(category);
    html.markup("<tr><th scope=\"row\">").text(consent::to_string(category)).markup("</th>");
    for (const std::uint64_t count :
         {changes.withdrawn, changes.granted, changes.first_denied, changes.first_allowed}) {
      html.markup("<td class=\"n\">").text(number(count)).markup("</td>");
    }
    html.markup("</tr>\n");
  }
  return html.markup(
      "</tbody></table></div>\n<p class=\"note\">Withdrawn: from allow to deny. Granted: from deny to "
      "allow. New: the ledger held nothing of that customer's category before.</p>\n");
}

void add_quota_facts(Html& html, const ledger::Traffic& traffic, const QuotaDigest& quota) {
  const auto used = quota.used_share();
  if (!used) return add_fact(html, "Quota", "none was announced");
  add_fact(html, "Quota",
           fmt::format("{} in {}", count_of(traffic.quota, "request", "requests"),
                       duration_words(traffic.window)));
  add_fact(html, "Quota used", fmt::format("{:.0f} %", *used * 100));
}

void add_latency_facts(Html& html, const ledger::LatencyHistogram& latency) {
  if (latency.count() == 0) return;
  add_fact(html, "Half answered within", latency_words(latency.quantile(0.50)));
  add_fact(html, "95 % within", latency_words(latency.quantile(0.95)));
  add_fact(html, "99 % within", latency_words(latency.quantile(0.99)));
  add_fact(html, "Slowest", latency_words(latency.max()));
}

void add_time_facts(Html& html, const ledger::Run& run) {
  add_fact(html, "Started", time_words(run.started_at));
  add_fact(html, "Ended", run.ended_at ? time_words(*run.ended_at) : "not yet");
  if (run.ended_at) add_fact(html, "Took", duration_words(*run.ended_at - run.started_at));
  if (run.resumptions != 0)
    add_fact(html, "Resumed", count_of(static_cast<unsigned>(run.resumptions), "time", "times"));
  if (run.exit_code) add_fact(html, "Exit code", fmt::format("{}", *run.exit_code));
  if (!run.stop_reason.empty()) add_fact(html, "Why it stopped", run.stop_reason);
}

void add_input_facts(Html& html, const ledger::InputFacts& input) {
  add_code_fact(html, "Input", input.path == "-" ? "standard input" : input.path);
  add_fact(html, "Its size",
           fmt::format("{}, {}, {}", input.format == "ndjson" ? "NDJSON" : "CSV", size_words(input.bytes),
                       count_of(input.rows, "row", "rows")));
  add_code_fact(html, "Its SHA-256", input.sha256.empty() ? "not known" : input.sha256);
}

}  // namespace

Html changes_section(const ledger::Run& run, const ledger::ChangeCounts& changes, const Digest& digest) {
  Html html;
  if (changes.changes == 0) return html.markup("<p>Nothing had to change.</p>\n");
  html.markup("<p>The plan held <b>")
      .text(count_of(changes.changes, "change", "changes"))
      .markup("</b>: <b>");
  html.text(number(changes.withdrawing)).markup("</b> that take at least one consent away, and <b>");
  html.text(number(changes.granting))
      .markup("</b> that grant at least one; a change can do both. Withdrawals go first.</p>\n");
  return html.add(category_table(run, digest));
}

Html traffic_section(const ledger::Run& run, const QuotaDigest& quota) {
  const ledger::Traffic& traffic = run.traffic;
  Html html;
  if (requests_sent(traffic) == 0) return html.markup("<p>No request was sent.</p>\n");
  html.markup("<dl class=\"figures\">\n");
  add_fact(html, "PUT requests", number(traffic.put));
  add_fact(html, "GET requests", number(traffic.get));
  add_fact(html, "Retries", number(traffic.retried));
  add_fact(html, "Throttled (429)", number(traffic.throttled));
  add_fact(html, "Connections reopened", number(traffic.reopened));
  add_fact(html, "Time spent sending", duration_words(traffic.sending));
  add_fact(html, "Rate", fmt::format("{:.1f} requests/s", request_rate(traffic)));
  add_quota_facts(html, traffic, quota);
  add_latency_facts(html, traffic.latency);
  html.markup("</dl>\n");
  return html.add(quota_section(quota));
}

Html facts_section(const ledger::Run& run) {
  Html html;
  html.markup("<dl class=\"facts\">\n");
  add_code_fact(html, "Run", run.id);
  add_code_fact(html, "Store", run.store);
  add_code_fact(html, "API", run.api_url);
  add_time_facts(html, run);
  add_input_facts(html, run.input);
  add_code_fact(html, "Correlation id", run.correlation_id);
  add_fact(html, "Written by", "consent-sync " + run.tool_version);
  html.markup("</dl>\n");
  if (run.settings.empty()) return html;
  html.markup("<details>\n<summary>Settings in force</summary>\n<pre>").text(run.settings);
  return html.markup("</pre>\n</details>\n");
}

}  // namespace consent_sync::report
