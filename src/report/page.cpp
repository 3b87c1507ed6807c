#include "page.hpp"

#include <array>
#include <map>

#include "facts.hpp"
#include "page_assets.hpp"
#include "page_sections.hpp"
#include "verdict.hpp"

namespace consent_sync::report {
namespace {

bool is_audit(const ledger::Run& run) {
  return run.mode == ledger::Mode::audit;
}

std::string_view kind_of(const ledger::Run& run) {
  switch (run.mode) {
    case ledger::Mode::sync:
      return run.undoes.empty() ? "Sync" : "Undo";
    case ledger::Mode::dry_run:
      return "Dry run";
    case ledger::Mode::audit:
      return "Audit";
  }
  return "";
}

std::string_view title_of_changes(ledger::Mode mode) {
  switch (mode) {
    case ledger::Mode::sync:
      return "What changed";
    case ledger::Mode::dry_run:
      return "What would change";
    case ledger::Mode::audit:
      return "How store and input compare";
  }
  return "";
}

struct Content {
  std::string_view anchor;
  std::string_view section;  ///< that may be empty; "": it is always there
  std::string_view word;
};

/// What can be jumped to, in the order of the page.
constexpr std::array contents{
    Content{"accounts", "", "Accounts"},
    Content{"next", "next", "What to do"},
    Content{"since", "comparison", "Since last run"},
    Content{"changes", "", "Changes"},
    Content{"forecast", "forecast", "Cost"},
    Content{"problems", "problems", "Problems"},
    Content{"traffic", "", "Requests"},
    Content{"rules", "rules", "Settings"},
    Content{"facts", "", "About this run"},
};

}  // namespace

std::string report_page(const ReportData& data) {
  const ledger::Run& run = data.run;
  const ledger::OutcomeCounts& counts = data.digest.counts();
  const Verdict verdict = judge_run(run, data.totals);
  std::map<std::string, Html, std::less<>> pieces{
      {"style_hash", Html().text(csp_hash(page_style))},
      {"style", Html::trusted(page_style)},
      {"script_hash", Html().text(csp_hash(page_script))},
      {"script", Html::trusted(page_script)},
      {"run", Html().text(run.id)},
      {"kind", Html().text(kind_of(run))},
      {"store", Html().text(run.store)},
      {"tone", Html().text(to_string(verdict.tone))},
      {"badge", Html().text(badge_of(verdict.tone))},
      {"headline", Html().text(verdict.headline)},
      {"detail", detail_of(verdict)},
      {"glance", glance(run)},
      {"accounts", accounts_section(run, counts)},
      {"outcome_rows", outcome_rows(run, counts)},
      {"changes_title", Html().text(title_of_changes(run.mode))},
      {"changes", is_audit(run) ? drift_section(data) : changes_section(data)},
      {"traffic", traffic_section(data)},
      {"facts", facts_section(run)},
      {"files", files_section(data)},
      {"next", next_steps(data)},
      {"comparison", comparison_section(data)},
      {"forecast", forecast_section(run)},
      {"problems", problems_section(data)},
      {"rules", settings_section(run)},
  };
  Html links;
  for (const auto& [anchor, section, word] : contents) {
    if (!section.empty() && pieces.find(section)->second.empty()) continue;
    links.markup("<li><a href=\"#").text(anchor).markup("\">").text(word).markup("</a></li>\n");
  }
  pieces.emplace("contents", links);
  return fill_template(page_template, pieces);
}

}  // namespace consent_sync::report
