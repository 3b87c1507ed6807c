#include <fmt/format.h>

#include "fault_words.hpp"
#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

Html fault_table(const ledger::FaultCounts& faults) {
  Html html;
  html.markup(
      "<div class=\"scroll\" role=\"region\" aria-label=\"Faults\" tabindex=\"0\"><table>\n<caption>What "
      "went "
      "wrong with requests, by kind</caption>\n<thead><tr><th scope=\"col\">Fault</th><th scope=\"col\" "
      "class=\"n\">Requests</th><th scope=\"col\">What was done</th></tr></thead>\n<tbody>\n");
  for (const ledger::Fault fault : ledger::all_faults) {
    if (faults[fault] == 0) continue;
    html.markup("<tr><th scope=\"row\">").text(meaning(fault)).markup("</th><td class=\"n\">");
    html.text(number(faults[fault])).markup("</td><td>").text(what_was_done(fault)).markup("</td></tr>\n");
  }
  return html.markup("</tbody></table></div>\n");
}

}  // namespace

Html faults_section(const ReportData& data) {
  const ledger::Traffic& traffic = data.run.traffic;
  const Digest& digest = data.digest;
  Html html;
  html.markup("<h3>Faults on the way, and what became of them</h3>\n<p>");
  if (traffic.faults.total() == 0 && traffic.retried == 0 && traffic.reopened == 0) {
    return html.markup("None: no request failed, and none had to be sent again.</p>\n");
  }
  html.text(fmt::format("{} had to be sent again", count_of(traffic.retried, "request", "requests")));
  if (digest.tried_again() != 0) {
    html.text(fmt::format("; of {} that took more than one try, {} ended well",
                          count_of(digest.tried_again(), "row", "rows"), number(digest.tried_again_ok())));
  }
  html.text(". ");
  if (traffic.reopened != 0) {
    html.text(fmt::format("{} that the store had closed {} reopened, at no cost.",
                          count_of(traffic.reopened, "idle connection", "idle connections"),
                          traffic.reopened == 1 ? "was" : "were"));
  }
  html.markup("</p>\n");
  if (traffic.faults.total() != 0) html.add(fault_table(traffic.faults));
  return html;
}

}  // namespace consent_sync::report
