#include "page.hpp"

#include "page_assets.hpp"
#include "page_sections.hpp"
#include "verdict.hpp"

namespace consent_sync::report {
namespace {

Html plain(std::string_view text) {
  return Html().text(text);
}

/// The verdict's tone as a word, so that its colour is not all that tells it.
std::string_view badge(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "All well";
    case Tone::attention:
      return "Needs attention";
    case Tone::stopped:
      return "Not finished";
    case Tone::defect:
      return "Do not rely on this";
  }
  return "";
}

bool is_audit(const ledger::Run& run) {
  return run.mode == ledger::Mode::audit;
}

std::string_view kind_of(ledger::Mode mode) {
  switch (mode) {
    case ledger::Mode::sync:
      return "Sync";
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

Html detail_of(const Verdict& verdict) {
  if (verdict.detail.empty()) return {};
  return Html().markup("<p>").text(verdict.detail).markup("</p>");
}

}  // namespace

std::string report_page(const ledger::Run& run, const ledger::ChangeCounts& changes, const Digest& digest,
                        const QuotaDigest& quota) {
  const ledger::OutcomeCounts& counts = digest.counts();
  const Verdict verdict = judge_run(run, counts);
  return fill_template(page_template,
                       {
                           {"style_hash", plain(csp_hash(page_style))},
                           {"style", Html::trusted(page_style)},
                           {"run", plain(run.id)},
                           {"kind", plain(kind_of(run.mode))},
                           {"store", plain(run.store)},
                           {"tone", plain(to_string(verdict.tone))},
                           {"badge", plain(badge(verdict.tone))},
                           {"headline", plain(verdict.headline)},
                           {"detail", detail_of(verdict)},
                           {"accounts", accounts_section(run, counts)},
                           {"outcome_rows", outcome_rows(run, counts)},
                           {"next", next_steps(run, counts)},
                           {"changes_title", plain(title_of_changes(run.mode))},
                           {"changes", is_audit(run) ? drift_section(run, digest) : changes_section(run, changes, digest)},
                           {"forecast", forecast_section(run)},
                           {"problems", problems_section(digest)},
                           {"traffic", traffic_section(run, quota)},
                           {"facts", facts_section(run)},
                       });
}

}  // namespace consent_sync::report
