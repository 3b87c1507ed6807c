#include <array>

#include <fmt/format.h>

#include "facts.hpp"
#include "page_sections.hpp"
#include "sampling.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

void add_estimate(Html& html, const DriftEstimate& estimate) {
  html.markup("<dl class=\"figures\">\n");
  add_fact(html, "Customers in the input", number(estimate.customers));
  add_fact(html, "Asked about", number(estimate.drawn));
  add_fact(html, "Compared", number(estimate.compared));
  add_fact(html, "Drifted", fmt::format("{} ({})", number(estimate.drifted), percent(estimate.share)));
  if (estimate.drawn < estimate.customers) {
    add_fact(html, "Of all customers, 95 % confidence",
             fmt::format("{} to {}", percent(estimate.interval.low), percent(estimate.interval.high)));
    add_fact(html, "Seed of the draw", fmt::format("{}", estimate.seed));
  }
  html.markup("</dl>\n");
}

void add_drift_table(Html& html, const Digest& digest) {
  html.markup(
      "<div class=\"scroll\" role=\"region\" aria-label=\"Drift by category\" tabindex=\"0\"><table "
      "class=\"compact\">\n"
      "<caption>Drift by category</caption>\n<thead><tr><th scope=\"col\">Category</th>"
      "<th scope=\"col\" class=\"n\">Compared</th><th scope=\"col\" class=\"n\">Store allows, input "
      "denies</th>"
      "<th scope=\"col\" class=\"n\">Store denies, input allows</th>"
      "<th scope=\"col\" class=\"n\">Store holds nothing</th></tr></thead>\n<tbody>\n");
  for (const consent::Category category : consent::all_categories) {
    const CategoryDrift& drift = digest.drift_of(category);
    html.markup("<tr><th scope=\"row\">").text(consent::to_string(category)).markup("</th>");
    for (const std::uint64_t count :
         {drift.compared, drift.store_allows, drift.store_denies, drift.store_open}) {
      html.markup("<td class=\"n\">").text(number(count)).markup("</td>");
    }
    html.markup("</tr>\n");
  }
  html.markup("</tbody></table></div>\n");
}

}  // namespace

Html drift_section(const ReportData& data) {
  Html html;
  const auto estimate = estimate_drift(data.run, data.totals.customers);
  if (!estimate) return html.markup("<p>Nothing was compared.</p>\n");
  add_estimate(html, *estimate);
  add_drift_table(html, data.digest);
  return html;
}

Html forecast_section(const ledger::Run& run) {
  Html html;
  if (!run.forecast) return html;
  const ledger::Forecast& forecast = *run.forecast;
  html.markup(
      "<section aria-labelledby=\"forecast\">\n<h2 id=\"forecast\">What it would cost</h2>\n<dl "
      "class=\"figures\">\n");
  add_fact(html, "Requests", number(forecast.requests));
  add_fact(html, "Time",
           forecast.duration.count() == 0 && forecast.requests != 0 ? "not limited by a quota"
                                                                    : duration_words(forecast.duration));
  if (forecast.quota != 0) {
    add_fact(html, forecast.quota_is_the_stores ? "The store's quota" : "Assumed quota",
             fmt::format("{} in {}", count_of(forecast.quota, "request", "requests"),
                         duration_words(forecast.window)));
    add_fact(html, "Share of it used", percent(forecast.share));
  }
  if (const auto& late = forecast.late) {
    add_fact(html, "Not sent by " + consent::to_rfc3339(late->deadline),
             fmt::format("{}, {}", count_of(late->withdrawals, "withdrawal", "withdrawals"),
                         count_of(late->changes - late->withdrawals, "grant", "grants")));
  }
  return html.markup("</dl>\n</section>\n\n");
}

}  // namespace consent_sync::report
