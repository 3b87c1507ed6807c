#include <array>

#include <fmt/format.h>

#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::Decision;

constexpr std::array decisions{Decision::allow, Decision::deny, Decision::unspecified};

std::string_view word_of(Decision decision) {
  switch (decision) {
    case Decision::allow:
      return "allow";
    case Decision::deny:
      return "deny";
    case Decision::unspecified:
      return "open";
  }
  return "";
}

struct Meaning {
  std::string_view css_class;
  std::string_view word;
};

Meaning meaning_of(Decision before, Decision after) {
  if (before == after) return {"same", "same"};
  if (after == Decision::unspecified) return {"same", "left open"};
  if (before == Decision::unspecified)
    return {"first", after == Decision::allow ? "first allow" : "first deny"};
  return after == Decision::allow ? Meaning{"granted", "granted"} : Meaning{"withdrawn", "withdrawn"};
}

void add_cell(Html& html, std::uint64_t count, Decision before, Decision after) {
  const Meaning meaning = meaning_of(before, after);
  html.markup("<td class=\"").text(count == 0 ? "zero" : meaning.css_class).markup("\"><b>");
  html.text(number(count)).markup("</b> <span>").text(meaning.word).markup("</span></td>");
}

bool leaves_open(const Digest& digest) {
  for (const consent::Category category : consent::all_categories) {
    for (const Decision before : decisions) {
      if (digest.changes_of(category).at(before, Decision::unspecified) != 0) return true;
    }
  }
  return false;
}

Html matrix(const CategoryChanges& changes, consent::Category category, bool with_open) {
  Html html;
  html.markup("<table class=\"matrix\">\n<caption>")
      .text(consent::to_string(category))
      .markup("</caption>\n");
  html.markup("<thead><tr><th scope=\"col\">before ↓ after →</th>");
  for (const Decision after : decisions) {
    if (after == Decision::unspecified && !with_open) continue;
    html.markup("<th scope=\"col\">").text(word_of(after)).markup("</th>");
  }
  html.markup("</tr></thead>\n<tbody>\n");
  for (const Decision before : decisions) {
    html.markup("<tr><th scope=\"row\">")
        .text(before == Decision::unspecified ? "not known" : word_of(before));
    html.markup("</th>");
    for (const Decision after : decisions) {
      if (after == Decision::unspecified && !with_open) continue;
      add_cell(html, changes.at(before, after), before, after);
    }
    html.markup("</tr>\n");
  }
  return html.markup("</tbody></table>\n");
}

std::string totals_words(const ledger::Run& run, const Digest& digest) {
  std::uint64_t withdrawn = 0;
  std::uint64_t granted = 0;
  std::uint64_t first = 0;
  for (const consent::Category category : consent::all_categories) {
    const CategoryChanges& changes = digest.changes_of(category);
    withdrawn += changes.withdrawn();
    granted += changes.granted();
    first += changes.first_allowed() + changes.first_denied();
  }
  return fmt::format("{}: {} withdrawn, {} granted, and {}.",
                     run.mode == ledger::Mode::dry_run ? "What would be sent" : "What the store confirmed",
                     count_of(withdrawn, "consent", "consents"), number(granted),
                     count_of(first, "first decision", "first decisions"));
}

}  // namespace

Html changes_section(const ReportData& data) {
  const ledger::ChangeCounts& changes = data.totals.changes;
  Html html;
  if (changes.changes == 0) return html.markup("<p>Nothing had to change.</p>\n");
  html.markup("<p>The plan held <b>")
      .text(count_of(changes.changes, "change", "changes"))
      .markup("</b>: <b>");
  html.text(number(changes.withdrawing)).markup("</b> that take at least one consent away, and <b>");
  html.text(number(changes.granting))
      .markup("</b> that grant at least one; a change can do both. Withdrawals go first. ");
  html.text(totals_words(data.run, data.digest)).markup("</p>\n<div class=\"matrices\">\n");
  const bool with_open = leaves_open(data.digest);
  for (const consent::Category category : consent::all_categories) {
    html.add(matrix(data.digest.changes_of(category), category, with_open));
  }
  return html.markup(
      "</div>\n<p class=\"note\">Customers, by what was known of them before and what is so now. Not known: "
      "the ledger held no decision of that category.</p>\n");
}

}  // namespace consent_sync::report
