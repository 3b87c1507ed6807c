#include <fmt/format.h>

#include "outcome_words.hpp"
#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::Outcome;
using consent::OutcomeClass;

constexpr std::size_t max_groups_shown = 40;

void add_step(Html& html, std::string_view text) {
  html.markup("<li>").text(text).markup("</li>\n");
}

void add_problem_steps(Html& html, const ledger::OutcomeCounts& counts) {
  html.markup(
      "<li>Open <a href=\"rejected.csv\"><code>rejected.csv</code></a>: it holds the rows that ended as a "
      "problem, in the input's own columns, and the reason beside each.\n<ul>\n");
  for (const Outcome outcome : consent::all_outcomes) {
    if (counts[outcome] == 0 || advice(outcome).empty()) continue;
    html.markup("<li><code>")
        .text(consent::to_string(outcome))
        .markup("</code> (")
        .text(number(counts[outcome]));
    html.markup("): ").text(advice(outcome)).markup("</li>\n");
  }
  html.markup(
      "</ul></li>\n<li>Once mended, that file is an input like any other: run the same command on "
      "it.</li>\n");
}

Html group_table(const std::vector<ProblemGroup>& groups) {
  Html html;
  html.markup(
      "<div class=\"scroll\" role=\"region\" aria-label=\"Problems by reason\" tabindex=\"0\"><table>\n"
      "<caption>By outcome and reason, the most frequent first</caption>\n<thead><tr><th scope=\"col\">"
      "Outcome</th><th scope=\"col\" class=\"n\">Rows</th><th scope=\"col\">Reason</th>"
      "<th scope=\"col\" class=\"n wide-only\">First line</th></tr></thead>\n<tbody>\n");
  for (std::size_t i = 0; i < groups.size() && i < max_groups_shown; ++i) {
    html.markup("<tr><td><code>")
        .text(consent::to_string(groups[i].outcome))
        .markup("</code></td><td class=\"n\">");
    html.text(number(groups[i].rows)).markup("</td><td class=\"reason\">").text(groups[i].reason);
    html.markup("</td><td class=\"n wide-only\">")
        .text(fmt::format("{}", groups[i].first_line))
        .markup("</td></tr>\n");
  }
  html.markup("</tbody></table></div>\n");
  if (groups.size() <= max_groups_shown) return html;
  std::uint64_t rest = 0;
  for (std::size_t i = max_groups_shown; i < groups.size(); ++i) rest += groups[i].rows;
  return html.markup("<p>Further reasons, less frequent, account for ")
      .text(count_of(rest, "more row", "more rows"))
      .markup("; <a href=\"outcomes.csv\"><code>outcomes.csv</code></a> has them all.</p>\n");
}

Html row_table(const std::vector<ledger::RowResult>& rows, std::uint64_t problems) {
  Html html;
  html.markup(
      "<div class=\"scroll\" role=\"region\" aria-label=\"Problem rows\" tabindex=\"0\"><table>\n<caption>");
  html.text(problems > rows.size() ? fmt::format("The first {} of {} rows, in the order of the input",
                                                 rows.size(), number(problems))
                                   : "Row by row, in the order of the input");
  html.markup(
      "</caption>\n<thead><tr><th scope=\"col\" class=\"n\">Line</th><th scope=\"col\" "
      "class=\"n\">Customer</th>"
      "<th scope=\"col\">Outcome</th><th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n");
  for (const ledger::RowResult& row : rows) {
    html.markup("<tr><td class=\"n\">").text(fmt::format("{}", row.line)).markup("</td><td class=\"n\">");
    html.text(row.customer ? fmt::format("{}", row.customer->value()) : "–").markup("</td><td><code>");
    html.text(consent::to_string(row.outcome)).markup("</code></td><td class=\"reason\">").text(row.reason);
    html.markup("</td></tr>\n");
  }
  return html.markup("</tbody></table></div>\n");
}

}  // namespace

Html next_steps(const ledger::Run& run, const ledger::OutcomeCounts& counts) {
  Html steps;
  const auto left = counts.of_class(OutcomeClass::unfinished);
  if (left != 0 && run.state != ledger::RunState::abandoned) {
    add_step(steps, fmt::format("Run the same command again: it takes up the {} not reached.",
                                count_of(left, "row that was", "rows that were")));
    add_step(steps, "The report that it then writes covers all rows.");
  } else if (counts.of_class(OutcomeClass::problem) != 0) {
    add_problem_steps(steps, counts);
  }
  if (run.mode == ledger::Mode::dry_run && counts[Outcome::would_apply] != 0) {
    add_step(steps, fmt::format("To make exactly these changes: consent-sync apply {}. It refuses whatever has changed since.",
                                run.id));
  }
  if (steps.empty()) return steps;
  Html html;
  html.markup("<section aria-labelledby=\"next\">\n<h2 id=\"next\">What to do next</h2>\n<ol>\n");
  return html.add(steps).markup("</ol>\n</section>\n");
}

Html problems_section(const Digest& digest) {
  const auto problems = digest.counts().of_class(OutcomeClass::problem);
  Html html;
  if (problems == 0) return html;
  html.markup("<section aria-labelledby=\"problems\">\n<h2 id=\"problems\">Rows that need attention</h2>\n");
  html.add(group_table(digest.problem_groups())).add(row_table(digest.first_problems(), problems));
  if (problems > digest.first_problems().size()) {
    html.markup("<p>All of them are in <a href=\"rejected.csv\"><code>rejected.csv</code></a>.</p>\n");
  }
  return html.markup("</section>\n");
}

}  // namespace consent_sync::report
