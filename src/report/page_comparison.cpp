#include <algorithm>

#include <fmt/format.h>

#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

void add_figure(Html& html, std::string_view css_class, std::uint64_t count, std::string_view words) {
  html.markup("<li class=\"").text(count == 0 ? "zero" : css_class).markup("\"><b>").text(number(count));
  html.markup("</b> ").text(words).markup("</li>\n");
}

void add_link(Html& html, const ledger::Run& before) {
  html.markup("<p>The run before this one, <a href=\"../").text(before.id).markup("/report.html\"><code>");
  html.text(before.id).markup("</code></a>, started ").text(time_words(before.started_at)).markup(". ");
}

void add_gone_reasons(Html& html, const ReportData& data) {
  const EarlierProblems& earlier = *data.digest.earlier();
  const auto groups = data.digest.problem_groups();
  std::size_t shown = 0;
  for (const auto& earlier_reason : earlier.reasons()) {
    const auto& key = earlier_reason.first;
    const auto is_same = [&](const ProblemGroup& group) {
      return group.outcome == key.first && group.reason == key.second;
    };
    if (std::ranges::any_of(groups, is_same)) continue;
    if (++shown > 20) break;
    html.markup("<li><code>").text(consent::to_string(key.first)).markup("</code> ").text(key.second);
    html.text(fmt::format(" ({})", count_of(earlier_reason.second, "row", "rows"))).markup("</li>\n");
  }
}

}  // namespace

Html comparison_section(const ReportData& data) {
  Html html;
  const EarlierProblems* earlier = data.digest.earlier();
  if (earlier == nullptr) return html;
  const Comparison comparison = earlier->comparison();
  const auto problems = data.digest.counts().of_class(consent::OutcomeClass::problem);
  html.markup("<section aria-labelledby=\"since\">\n<h2 id=\"since\">Since the run before</h2>\n");
  add_link(html, earlier->run());
  html.text(fmt::format("It had {}, this one has {}.",
                        count_of(comparison.before, "problem row", "problem rows"), number(problems)));
  html.markup("</p>\n");
  if (comparison.row_by_row && (problems != 0 || comparison.before != 0)) {
    html.markup("<ul class=\"tally\">\n");
    add_figure(html, "bad", data.digest.new_problems(), "new");
    add_figure(html, "bad", problems - data.digest.new_problems(), "a problem again");
    add_figure(html, "good", comparison.mended, "mended");
    add_figure(html, "", comparison.left_out, "not in this input");
    if (comparison.not_reached != 0) add_figure(html, "", comparison.not_reached, "not reached yet");
    html.markup("</ul>\n");
  }
  Html gone;
  add_gone_reasons(gone, data);
  if (!gone.empty()) html.markup("<p>No longer met:</p>\n<ul>\n").add(gone).markup("</ul>\n");
  return html.markup("</section>\n");
}

}  // namespace consent_sync::report
