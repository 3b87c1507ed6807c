#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

// The page has to open at once, however many rows there are: the most frequent reasons, and rows behind them.
constexpr std::size_t most_groups_shown = 100;

std::vector<ProblemGroup> shown_groups(const Digest& digest) {
  std::vector<ProblemGroup> groups = digest.problem_groups();
  groups.resize(std::min(groups.size(), most_groups_shown));
  return groups;
}

void add_group(Html& html, const ProblemGroup& group, const EarlierProblems* earlier) {
  html.markup("<tr data-group=\"").text(fmt::format("{}", group.number)).markup("\"><td><code>");
  html.text(consent::to_string(group.outcome)).markup("</code></td><td class=\"reason\">").text(group.reason);
  const auto before = earlier != nullptr ? earlier->rows_of(group.outcome, group.reason) : 0;
  if (earlier != nullptr && before == 0) html.markup(" <strong class=\"new\">new</strong>");
  html.markup("</td><td class=\"n rows\">").text(number(group.rows)).markup("</td>");
  if (earlier != nullptr) html.markup("<td class=\"n wide-only\">").text(number(before)).markup("</td>");
  html.markup("<td class=\"n wide-only\">").text(fmt::format("{}", group.first_line)).markup("</td></tr>\n");
}

Html group_table(const std::vector<ProblemGroup>& groups, const EarlierProblems* earlier) {
  Html html;
  html.markup(
      "<div class=\"scroll\" role=\"region\" aria-label=\"Problems by reason\" tabindex=\"0\">"
      "<table id=\"problem-reasons\">\n<caption>By outcome and reason, the most frequent first</caption>\n"
      "<thead><tr><th scope=\"col\">Outcome</th><th scope=\"col\">Reason</th><th scope=\"col\" "
      "class=\"n\">Rows</th>");
  if (earlier != nullptr) html.markup("<th scope=\"col\" class=\"n wide-only\">Last run</th>");
  html.markup("<th scope=\"col\" class=\"n wide-only\">First line</th></tr></thead>\n<tbody>\n");
  for (const ProblemGroup& group : groups) add_group(html, group, earlier);
  return html.markup("</tbody></table></div>\n");
}

Html further_reasons(const ReportData& data, const std::vector<ProblemGroup>& shown) {
  std::uint64_t rest = data.digest.counts().of_class(OutcomeClass::problem);
  for (const ProblemGroup& group : shown) rest -= group.rows;
  Html html;
  if (rest == 0) return html;
  return html.markup("<p>Further reasons, less frequent, account for ")
      .text(count_of(rest, "more row", "more rows"))
      .markup(".</p>\n");
}

/// What a script brings to life; without one the page shows all the rows that it has.
Html tools(const std::vector<ProblemGroup>& groups, bool compares) {
  Html html;
  html.markup(
      "<form class=\"tools\" id=\"row-tools\" role=\"search\" aria-label=\"Problem rows\" hidden>\n"
      "<p><label for=\"row-search\">Search</label><input id=\"row-search\" type=\"search\" "
      "autocomplete=\"off\" spellcheck=\"false\" aria-controls=\"problem-rows\"></p>\n"
      "<p><label for=\"row-reason\">Reason</label><select id=\"row-reason\" aria-controls=\"problem-rows\">"
      "<option value=\"\">all reasons</option>\n");
  for (const ProblemGroup& group : groups) {
    html.markup("<option value=\"").text(fmt::format("{}", group.number)).markup("\">");
    html.text(fmt::format("{}: {}", consent::to_string(group.outcome), group.reason)).markup("</option>\n");
  }
  html.markup("</select></p>\n");
  if (compares) {
    html.markup(
        "<p class=\"check\"><input id=\"row-new\" type=\"checkbox\" aria-controls=\"problem-rows\">"
        "<label for=\"row-new\">only new since the run before</label></p>\n");
  }
  return html.markup("</form>\n<p id=\"row-count\" role=\"status\" aria-live=\"polite\" hidden></p>\n");
}

Html pager() {
  return Html().markup(
      "<nav class=\"pager\" id=\"row-pager\" aria-label=\"Pages of problem rows\" hidden>"
      "<button type=\"button\" id=\"row-previous\">← Previous</button> <span id=\"row-page\"></span> "
      "<button type=\"button\" id=\"row-next\">Next →</button></nav>\n");
}

void add_row(Html& html, const ProblemRow& shown) {
  const ledger::RowResult& row = shown.row;
  html.markup("<tr data-group=\"").text(fmt::format("{}", shown.group)).markup("\"");
  if (shown.is_new) html.markup(" data-new");
  html.markup("><td class=\"n\">").text(fmt::format("{}", row.line)).markup("</td><td class=\"n\">");
  html.text(row.customer ? fmt::format("{}", row.customer->value()) : "–").markup("</td><td><code>");
  html.text(consent::to_string(row.outcome)).markup("</code></td><td class=\"reason\">").text(row.reason);
  html.markup("</td></tr>\n");
}

Html row_table(const std::vector<ProblemRow>& rows) {
  Html html;
  html.markup(
      "<div class=\"scroll\" role=\"region\" aria-labelledby=\"rows-title\" tabindex=\"0\">"
      "<table id=\"problem-rows\">\n<caption>In the order of the input</caption>\n<thead><tr><th "
      "scope=\"col\" "
      "class=\"n\">Line</th><th scope=\"col\" class=\"n\">Customer</th>"
      "<th scope=\"col\">Outcome</th><th scope=\"col\">Reason</th></tr></thead>\n<tbody>\n");
  for (const ProblemRow& row : rows) add_row(html, row);
  return html.markup("</tbody></table></div>\n");
}

std::vector<ProblemRow> shown_rows(const Digest& digest, const std::vector<ProblemGroup>& groups) {
  std::vector<ProblemRow> rows;
  for (const ProblemRow& row : digest.problem_rows()) {
    const auto is_its = [&](const ProblemGroup& group) { return group.number == row.group; };
    if (std::ranges::any_of(groups, is_its)) rows.push_back(row);
  }
  return rows;
}

Html where_the_rest_is(const ReportData& data, std::size_t shown, std::uint64_t problems) {
  Html html;
  html.markup("<p>");
  if (shown < problems) {
    html.text(fmt::format(
        "This page holds {} of the {} rows: the first, and some of each reason. All of them are in ",
        number(shown), number(problems)));
  } else {
    html.text("They are also in ");
  }
  html.markup("<a href=\"").text(data.rejected_file).markup("\"><code>").text(data.rejected_file);
  return html.markup("</code></a>.</p>\n");
}

}  // namespace

Html problems_section(const ReportData& data) {
  const auto problems = data.digest.counts().of_class(OutcomeClass::problem);
  Html html;
  if (problems == 0) return html;
  const std::vector<ProblemGroup> groups = shown_groups(data.digest);
  const std::vector<ProblemRow> rows = shown_rows(data.digest, groups);
  html.markup("<section aria-labelledby=\"problems\">\n<h2 id=\"problems\">Rows that need attention</h2>\n");
  html.add(group_table(groups, data.digest.earlier())).add(further_reasons(data, groups));
  html.markup("<h3 id=\"rows-title\" tabindex=\"-1\">The rows</h3>\n");
  html.add(where_the_rest_is(data, rows.size(), problems));
  html.add(tools(groups, data.digest.compares_rows())).add(row_table(rows)).add(pager());
  return html.markup("</section>\n");
}

}  // namespace consent_sync::report
