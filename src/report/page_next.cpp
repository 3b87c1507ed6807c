#include <fmt/format.h>

#include "outcome_words.hpp"
#include "page_sections.hpp"
#include "settings_text.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::Outcome;
using consent::OutcomeClass;

void add_step(Html& html, std::string_view text) {
  html.markup("<li>").text(text).markup("</li>\n");
}

void add_command(Html& html, std::string_view command) {
  html.markup("<pre><code>").text(command).markup("</code></pre>\n");
}

/// Rows that need no mending, only another try.
std::uint64_t worth_a_try(const ledger::OutcomeCounts& counts) {
  return counts[Outcome::failed] + counts[Outcome::unknown] + counts[Outcome::mismatch];
}

void add_advice(Html& html, const ReportData& data) {
  const ledger::OutcomeCounts& counts = data.digest.counts();
  const auto words = data.run.undoes.empty() ? advice : advice_for_undo;
  html.markup("<li>Open <a href=\"").text(data.rejected_file).markup("\"><code>").text(data.rejected_file);
  html.markup(
      "</code></a>: it holds the rows that ended as a problem, as they came, and the reason beside "
      "each.\n<ul>\n");
  for (const Outcome outcome : consent::all_outcomes) {
    if (counts[outcome] == 0 || words(outcome).empty()) continue;
    html.markup("<li><code>")
        .text(consent::to_string(outcome))
        .markup("</code> (")
        .text(number(counts[outcome]));
    html.markup("): ").text(words(outcome)).markup("</li>\n");
  }
  html.markup("</ul></li>\n");
}

void add_rerun(Html& html, const ReportData& data) {
  std::string file = shell_word(fmt::format("{}/{}", data.directory, data.rejected_file));
  if (!data.rejected_flags.empty()) file.append(" ").append(data.rejected_flags);
  html.markup(
      "<li>Once mended, that file is an input like the one it came from, for the same configuration:");
  const std::string job(setting_in(data.run.settings, "job"));
  if (job.empty()) {
    const std::string_view command = data.run.mode == ledger::Mode::audit ? "audit" : "sync";
    add_command(html, with_files_of(data.run.settings, fmt::format("consent-sync {} {}", command, file)));
  } else {
    add_command(html, fmt::format("consent-sync run {} --input-path {}", shell_word(job), file));
  }
  html.markup("</li>\n");
}

void add_problem_steps(Html& html, const ReportData& data) {
  add_advice(html, data);
  // What an undo could not take back is for a person to decide: there is no input to mend.
  if (!data.run.undoes.empty()) return;
  add_rerun(html, data);
  const bool can_take_up = data.run.mode == ledger::Mode::sync;
  if (!can_take_up || worth_a_try(data.digest.counts()) == 0) return;
  html.markup("<li>Where nothing has to be mended, only tried again, the ledger has the rows:");
  add_command(html, with_files_of(data.run.settings, "consent-sync sync --only-problems-of " + data.run.id));
  html.markup("</li>\n");
}

void add_apply(Html& html, const ReportData& data) {
  html.markup("<li>To make exactly these changes:");
  add_command(html, with_files_of(data.run.settings, "consent-sync apply " + data.run.id));
  html.markup("It refuses whatever has changed since.</li>\n");
}

void add_resume(Html& html, const ledger::Run& run) {
  html.markup("<li>Should the input be gone, this finishes the run from the ledger, with the same settings:");
  add_command(html, with_files_of(run.settings, "consent-sync resume"));
  html.markup("</li>\n");
}

void add_undo(Html& html, const ReportData& data) {
  const auto applied = data.totals.customers.applied;
  const auto undoable = data.digest.undoable();
  if (undoable == 0) {
    html.markup(
        "<li>None of these changes could be taken back: what the store held before is not known "
        "(<code>policy.check_store: changes</code> asks), or nothing was decided.</li>\n");
    return;
  }
  html.markup("<li>Should it have been a mistake, this takes back what the store confirmed (")
      .text(count_of(applied, "change", "changes"));
  html.markup(
      "), where nobody has changed it since; with <code>--dry-run</code> it only says what it would do:");
  add_command(html, with_files_of(data.run.settings, "consent-sync undo " + data.run.id));
  if (undoable < applied) {
    html.text(
        fmt::format("It can take back {} of them: of the others it is not known what the store held before (",
                    number(undoable)));
    html.markup("<code>policy.check_store: changes</code> asks), or nothing was decided.");
  }
  html.markup("</li>\n");
}

}  // namespace

Html next_steps(const ReportData& data) {
  const ledger::OutcomeCounts& counts = data.digest.counts();
  const auto left = counts.of_class(OutcomeClass::unfinished);
  Html steps;
  if (left != 0 && data.run.state != ledger::RunState::abandoned) {
    add_step(steps, fmt::format("Run the same command again: it takes up the {} not reached.",
                                count_of(left, "row that was", "rows that were")));
    if (data.run.mode == ledger::Mode::sync) add_resume(steps, data.run);
    add_step(steps, "The report that it then writes covers all rows.");
  } else if (counts.of_class(OutcomeClass::problem) != 0) {
    add_problem_steps(steps, data);
  }
  if (data.run.mode == ledger::Mode::dry_run && counts[Outcome::would_apply] != 0) add_apply(steps, data);
  if (data.run.mode == ledger::Mode::sync && counts[Outcome::applied] != 0) add_undo(steps, data);
  Html html;
  if (steps.empty()) return html;
  html.markup("<section aria-labelledby=\"next\">\n<h2 id=\"next\">What to do next</h2>\n<ol>\n");
  return html.add(steps).markup("</ol>\n</section>\n");
}

Html files_section(const ReportData& data) {
  struct File {
    std::string_view name;
    std::string_view what;
  };
  Html html;
  html.markup("<ul class=\"files\">\n");
  for (const File& file : {File{data.outcomes_file, "a line for each row of the input"},
                           File{data.rejected_file, "the rows to mend"},
                           File{"windows.csv", "a line for each window of the quota"},
                           File{"summary.json", "these numbers, for programs"},
                           File{"summary.md", "the same in short, for a ticket"}}) {
    html.markup("<li><a href=\"").text(file.name).markup("\"><code>").text(file.name);
    html.markup("</code></a> ").text(file.what).markup("</li>\n");
  }
  return html.markup("</ul>\n");
}

}  // namespace consent_sync::report
