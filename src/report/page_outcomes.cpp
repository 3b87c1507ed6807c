#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "outcome_words.hpp"
#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::Outcome;
using consent::OutcomeClass;
using ledger::OutcomeCounts;
using ledger::Run;

std::string_view class_word(Outcome outcome) {
  switch (consent::classify(outcome)) {
    case OutcomeClass::ok:
      return "ok";
    case OutcomeClass::problem:
      return "problem";
    case OutcomeClass::unfinished:
      return "unfinished";
  }
  return "";
}

Html bar(const std::vector<Outcome>& outcomes, const OutcomeCounts& counts) {
  constexpr double width = 1000;
  constexpr double least = 4;  // a single row among millions is still seen
  double wanted = 0;
  const auto share = [&](Outcome outcome) {
    return std::max(least,
                    width * static_cast<double>(counts[outcome]) / static_cast<double>(counts.total()));
  };
  for (const Outcome outcome : outcomes) wanted += counts[outcome] != 0 ? share(outcome) : 0;
  Html html;
  html.markup(
      "<svg class=\"bar\" viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
  double x = 0;
  for (const Outcome outcome : outcomes) {
    if (counts[outcome] == 0) continue;
    const double segment = share(outcome) * width / wanted;
    html.markup("<rect class=\"").text(class_word(outcome)).markup(" ").text(consent::to_string(outcome));
    html.markup("\" x=\"").text(fmt::format("{:.2f}", x)).markup("\" y=\"0\" height=\"14\" width=\"");
    html.text(fmt::format("{:.2f}", std::max(1.0, segment - 2))).markup("\"><title>");
    html.text(fmt::format("{}: {}", consent::to_string(outcome), number(counts[outcome])))
        .markup("</title></rect>");
    x += segment;
  }
  return html.markup("</svg>\n");
}

/// A number of the equation with the sign before it, which stay together when the line wraps.
void add_term(Html& html, std::string_view sign, std::string_view css_class, std::uint64_t count,
              std::string_view word) {
  html.markup("<span class=\"term\">");
  if (!sign.empty()) html.markup(" <span class=\"op\">").text(sign).markup("</span> ");
  html.markup("<span class=\"figure ").text(css_class).markup("\"><b>").text(number(count)).markup("</b> ");
  html.text(word).markup("</span></span>");
}

void add_class_sum(Html& html, const OutcomeCounts& counts) {
  const auto problems = counts.of_class(OutcomeClass::problem);
  html.markup("<p class=\"sum small\">");
  add_term(html, "", "ok", counts.of_class(OutcomeClass::ok), "ok");
  add_term(html, "+", "problem", problems, problems == 1 ? "problem" : "problems");
  add_term(html, "+", "unfinished", counts.of_class(OutcomeClass::unfinished), "unfinished");
  add_term(html, "=", "", counts.total(), "accounted for");
  html.markup("</p>\n");
}

Html row_of(Outcome outcome, const OutcomeCounts& counts) {
  const auto count = counts[outcome];
  Html html;
  html.markup("<tr class=\"")
      .text(class_word(outcome))
      .text(count == 0 ? " none" : "")
      .markup("\"><th scope=\"row\">");
  html.markup("<code>")
      .text(consent::to_string(outcome))
      .markup("</code></th><td class=\"n\">")
      .text(number(count));
  html.markup("</td><td class=\"wide-only\"><span class=\"tag\">")
      .text(class_word(outcome))
      .markup("</span></td><td>");
  return html.text(meaning(outcome)).markup("</td></tr>\n");
}

}  // namespace

Html accounts_section(const Run& run, const OutcomeCounts& counts) {
  const std::vector<Outcome> outcomes = listed_outcomes(run.mode, counts);
  // How many rows the input has is known once it has been read to its end.
  const auto read = run.state == ledger::RunState::staging ? counts.total() : run.input.rows;
  Html html;
  if (counts.total() != 0) html.add(bar(outcomes, counts));
  html.markup("<p class=\"sum\">");
  add_term(html, "", "", read, read == 1 ? "row read" : "rows read");
  std::string_view sign = read == counts.total() ? "=" : "≠";
  for (const Outcome outcome : outcomes) {
    if (counts[outcome] == 0) continue;
    add_term(html, std::exchange(sign, "+"), class_word(outcome), counts[outcome],
             consent::to_string(outcome));
  }
  if (counts.total() == 0) add_term(html, sign, "", 0, "outcomes");
  html.markup("</p>\n");
  add_class_sum(html, counts);
  return html;
}

Html outcome_rows(const Run& run, const OutcomeCounts& counts) {
  Html html;
  for (const Outcome outcome : listed_outcomes(run.mode, counts)) html.add(row_of(outcome, counts));
  html.markup("</tbody>\n<tfoot><tr><th scope=\"row\">All rows</th><td class=\"n\">")
      .text(number(counts.total()));
  return html.markup("</td><td class=\"wide-only\"></td><td></td></tr></tfoot>\n");
}

}  // namespace consent_sync::report
