#include "summary_md.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "outcome_words.hpp"
#include "traffic_figures.hpp"
#include "utf8.hpp"
#include "verdict.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

using consent::OutcomeClass;

constexpr std::size_t most_reasons_listed = 10;

/// Text of others: on one line, and nothing in it is markup, a link or a mention.
std::string plain(std::string_view text) {
  const std::string line = one_line(text);
  std::string escaped;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool is_address = line.compare(i, 3, "://") == 0;
    if (is_address || std::string_view("\\`*_[]<>#|~@&$").find(line[i]) != std::string_view::npos)
      escaped += '\\';
    escaped += line[i];
  }
  return escaped;
}

/// In backticks, for what is to be read letter by letter; without those that it may hold itself.
std::string code(std::string_view text) {
  std::string shown = one_line(text);
  std::ranges::replace(shown, '`', '\'');
  std::ranges::replace(shown, '|', '/');
  return "`" + shown + "`";
}

std::string outcome_table(const ledger::Run& run, const ledger::OutcomeCounts& counts) {
  std::string table = "| Outcome | Rows |\n|---|---:|\n";
  for (const consent::Outcome outcome : listed_outcomes(run.mode, counts)) {
    if (counts[outcome] == 0) continue;
    table += fmt::format("| {} | {} |\n", code(consent::to_string(outcome)), number(counts[outcome]));
  }
  return table + fmt::format("| **rows read** | **{}** |\n", number(counts.total()));
}

std::string change_table(const Digest& digest) {
  std::string table =
      "| Category | Withdrawn | Granted | First deny | First allow |\n|---|---:|---:|---:|---:|\n";
  for (const consent::Category category : consent::all_categories) {
    const CategoryChanges& changes = digest.changes_of(category);
    table += fmt::format("| {} | {} | {} | {} | {} |\n", consent::to_string(category),
                         number(changes.withdrawn()), number(changes.granted()),
                         number(changes.first_denied()), number(changes.first_allowed()));
  }
  return table;
}

std::string problem_table(const Digest& digest) {
  const auto groups = digest.problem_groups();
  std::string table = "| Problem | Rows | Why |\n|---|---:|---|\n";
  for (std::size_t i = 0; i < std::min(groups.size(), most_reasons_listed); ++i) {
    table += fmt::format("| {} | {} | {} |\n", code(consent::to_string(groups[i].outcome)),
                         number(groups[i].rows), plain(groups[i].reason));
  }
  if (groups.size() <= most_reasons_listed) return table;
  return table +
         fmt::format("\n{} in all; the report has them.\n", count_of(groups.size(), "reason", "reasons"));
}

std::string since_before(const Digest& digest) {
  const EarlierProblems* earlier = digest.earlier();
  if (earlier == nullptr) return "";
  const Comparison comparison = earlier->comparison();
  const auto problems = digest.counts().of_class(OutcomeClass::problem);
  if (problems == 0 && comparison.before == 0) return "";
  std::string text = fmt::format("Since run {}: ", code(earlier->run().id));
  if (!comparison.row_by_row) {
    return text + fmt::format("{} then, {} now.\n\n",
                              count_of(comparison.before, "problem row", "problem rows"), number(problems));
  }
  return text + fmt::format("{} new, {} again, {} mended, {} not in this input.\n\n",
                            count_of(digest.new_problems(), "problem row", "problem rows"),
                            number(problems - digest.new_problems()), number(comparison.mended),
                            number(comparison.left_out));
}

std::string identity(const ReportData& data) {
  const ledger::Run& run = data.run;
  std::string text =
      fmt::format("- Run {}, {}, store {}, consent-sync {}\n", code(run.id),
                  ledger::to_string(run.mode) == "dry_run" ? "dry run" : ledger::to_string(run.mode),
                  code(run.store), run.tool_version);
  text += fmt::format("- Input {}, SHA-256 {}\n", code(run.input.path),
                      run.input.sha256.empty() ? "not known" : code(run.input.sha256));
  text += fmt::format(
      "- Started {}{}{}\n", time_words(run.started_at),
      run.ended_at ? ", took " + duration_words(*run.ended_at - run.started_at) : ", not ended yet",
      run.exit_code ? fmt::format(", exit code {}", *run.exit_code) : "");
  const ledger::Traffic& traffic = run.traffic;
  if (requests_sent(traffic) == 0) return text + "- No request was sent\n";
  return text + fmt::format("- {} ({} PUT, {} GET), {} sent again, {} answered 429\n",
                            count_of(requests_sent(traffic), "request", "requests"), number(traffic.put),
                            number(traffic.get), number(traffic.retried), number(traffic.throttled));
}

}  // namespace

std::string summary_md(const ReportData& data) {
  const ledger::Run& run = data.run;
  const ledger::OutcomeCounts& counts = data.digest.counts();
  const Verdict verdict = judge_run(run, data.totals);
  std::string text = fmt::format("**{}**\n\n", plain(verdict.headline));
  if (!verdict.detail.empty()) text += plain(verdict.detail) + "\n\n";
  text += identity(data) + '\n' + outcome_table(run, counts) + '\n';
  if (data.totals.changes.changes != 0 && run.mode != ledger::Mode::audit)
    text += change_table(data.digest) + '\n';
  if (counts.of_class(OutcomeClass::problem) != 0) text += problem_table(data.digest) + '\n';
  text += since_before(data.digest);
  return text + fmt::format("Report: {}\n", code(data.directory + "/report.html"));
}

}  // namespace consent_sync::report
