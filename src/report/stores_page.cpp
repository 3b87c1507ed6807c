#include "stores_page.hpp"

#include <cctype>

#include "facts.hpp"
#include "html.hpp"
#include "page_assets.hpp"
#include "stores_digest.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

/// The class that the style has for a line of a table.
std::string_view tone_of(StoreStatus status) {
  if (status == StoreStatus::ok) return "ok";
  return status == StoreStatus::not_started ? "idle" : "problem";
}

std::string title_of(const MainOutcome& main) {
  std::string title(main.title);
  title.front() = static_cast<char>(std::toupper(title.front()));
  return title;
}

Html glance(const StoresResult& whole, const StoresDigest& digest) {
  Html html;
  html.markup("<dl class=\"glance\">\n");
  add_fact(html, "Stores", number(whole.stores.size()));
  add_fact(html, "Rows", number(digest.outcomes.total()));
  add_fact(html, "Problem rows", number(digest.outcomes.of_class(OutcomeClass::problem)));
  const MainOutcome main = main_outcome(whole.mode);
  add_fact(html, title_of(main), number(digest.outcomes[main.outcome]));
  add_fact(html, "Began", time_words(whole.started_at));
  add_fact(html, "Took", duration_words(whole.ended_at - whole.started_at));
  return html.markup("</dl>\n");
}

void add_number(Html& html, std::uint64_t value) {
  html.markup("<td class=\"n\">").text(number(value)).markup("</td>");
}

/// Where the page is narrow a cell stands below its label, without the head of its column.
void add_cell(Html& html, std::string_view style, std::string_view label, std::string_view text) {
  html.markup("<td class=\"").text(style).markup("\" data-label=\"").text(label).markup("\">");
  html.text(text).markup("</td>");
}

/// Of a store that left no report of a run nothing is known.
void add_cells(Html& html, const ledger::OutcomeCounts* rows, const MainOutcome& main) {
  const auto add = [&](std::string_view label, std::uint64_t count) {
    add_cell(html, rows ? "n" : "n none", label, rows ? number(count) : "–");
  };
  const ledger::OutcomeCounts counts = rows ? *rows : ledger::OutcomeCounts();
  add("Rows", counts.total());
  add("Problems", counts.of_class(OutcomeClass::problem));
  add("Not reached", counts.of_class(OutcomeClass::unfinished));
  add(title_of(main), counts[main.outcome]);
}

Html store_rows(const StoresResult& whole, const std::filesystem::path& directory) {
  Html html;
  for (const StoreResult& result : whole.stores) {
    const StoreStatus status = status_of(result);
    html.markup("<tr class=\"").text(tone_of(status)).markup("\"><th scope=\"row\">");
    if (const std::string link = link_to(result, directory); link.empty()) {
      html.text(result.store);
    } else {
      html.markup("<a href=\"").text(link).markup("\">").text(result.store).markup("</a>");
    }
    html.markup("</th><td class=\"tag\">").text(words_of(status)).markup("</td>");
    add_cells(html, result.run ? &result.run->outcomes : nullptr, main_outcome(whole.mode));
    add_cell(html, "n wide-only", "Time",
             status == StoreStatus::not_started ? "" : duration_words(result.duration));
    html.markup("<td class=\"reason\">").text(story_of(result)).markup("</td></tr>\n");
  }
  return html;
}

Html sum_row(const StoresDigest& digest, const MainOutcome& main) {
  Html html;
  html.markup("<tr><th scope=\"row\">Together</th><td></td>");
  add_cells(html, &digest.outcomes, main);
  return html.markup("<td class=\"wide-only\"></td><td></td></tr>\n");
}

Html strays_section(const StoresResult& whole) {
  if (whole.strays.empty()) return {};
  Html html;
  html.markup(
      "<section aria-labelledby=\"strays\">\n<h2 id=\"strays\">Rows of no store of this job</h2>\n<p>They "
      "were "
      "passed over: give each store an entry, or mend the column that names it.</p>\n<table "
      "class=\"compact\">\n"
      "<caption>By what the column holds</caption>\n<thead><tr><th scope=\"col\">Store</th>"
      "<th scope=\"col\" class=\"n\">Rows</th></tr></thead>\n<tbody>\n");
  for (const StrayRows& strays : whole.strays) {
    html.markup("<tr><th scope=\"row\">").text(name_of(strays)).markup("</th>");
    add_number(html, strays.rows);
    html.markup("</tr>\n");
  }
  return html.markup("</tbody></table>\n</section>\n");
}

Html accounts(const StoresDigest& digest) {
  Html html;
  html.markup("<p>");
  if (digest.without_run == 0) {
    html.text("Each store accounts for each of its rows in its own report; this is their sum.");
  } else {
    html.text(count_of(digest.without_run, "store", "stores"))
        .text(" left no report of a run: of ")
        .text(digest.without_run == 1 ? "its" : "their")
        .text(" rows nothing is known here. The others account for each of theirs in their own reports.");
  }
  html.markup("</p>\n<ul class=\"tally\">\n");
  for (const StoreStatus status : all_store_statuses) {
    if (digest.of(status) == 0) continue;
    html.markup("<li class=\"").text(status == StoreStatus::ok ? "good" : "bad").markup("\"><b>");
    html.text(number(digest.of(status))).markup("</b> ").text(words_of(status)).markup("</li>\n");
  }
  return html.markup("</ul>\n");
}

}  // namespace

std::string stores_page(const StoresResult& whole, const std::filesystem::path& directory) {
  const StoresDigest digest(whole);
  const Verdict verdict = judge_stores(whole, digest);
  return fill_template(stores_template, {
                                            {"style_hash", Html().text(csp_hash(page_style))},
                                            {"style", Html::trusted(page_style)},
                                            {"id", Html().text(whole.id)},
                                            {"tone", Html().text(to_string(verdict.tone))},
                                            {"badge", Html().text(badge_of(verdict.tone))},
                                            {"headline", Html().text(verdict.headline)},
                                            {"detail", detail_of(verdict)},
                                            {"glance", glance(whole, digest)},
                                            {"accounts", accounts(digest)},
                                            {"main_title", Html().text(title_of(main_outcome(whole.mode)))},
                                            {"store_rows", store_rows(whole, directory)},
                                            {"strays", strays_section(whole)},
                                            {"sum_row", sum_row(digest, main_outcome(whole.mode))},
                                            {"version", Html().text(whole.tool_version)},
                                        });
}

}  // namespace consent_sync::report
