#include "runs_table.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "../figures.hpp"

namespace consent_sync::app {
namespace {

using consent::OutcomeClass;
using Cells = std::vector<std::string>;

constexpr std::size_t words = 4;  // the first columns; the others are numbers

// Below these a trend tells of chance.
constexpr double least_rows = 10;
constexpr double least_milliseconds = 1000;

const Cells& heading() {
  static const Cells cells{"run", "mode",     "store", "state",      "rows",     "", "changes",
                           "",    "problems", "",      "unfinished", "duration", "", "exit"};
  return cells;
}

std::chrono::milliseconds duration_of(const ListedRun& listed, consent::Timestamp now) {
  const ledger::Run& run = listed.run;
  const bool is_known = run.ended_at || listed.is_live;
  if (!is_known) return std::chrono::milliseconds{0};
  return std::chrono::duration_cast<std::chrono::milliseconds>(run.ended_at.value_or(now) - run.started_at);
}

std::uint64_t problems_of(const ListedRun& listed) {
  return listed.rows.of_class(OutcomeClass::problem);
}

bool is_finished(const ListedRun& listed) {
  return listed.run.state == ledger::RunState::finished;
}

bool is_alike(const ledger::Run& a, const ledger::Run& b) {
  return a.store == b.store && a.mode == b.mode && a.undoes.empty() == b.undoes.empty();
}

const ListedRun* run_before(const std::vector<ListedRun>& runs, std::size_t index) {
  const ledger::Run& run = runs[index].run;
  for (std::size_t i = index + 1; i < runs.size(); ++i) {
    if (is_alike(runs[i].run, run) && is_finished(runs[i])) return &runs[i];
  }
  return nullptr;
}

std::string difference(std::uint64_t before, std::uint64_t now) {
  if (before == now) return "=";
  return now > before ? "+" + show_count(now - before) : "-" + show_count(before - now);
}

std::string count_trend(std::uint64_t before, std::uint64_t now) {
  return trend(static_cast<double>(before), static_cast<double>(now), least_rows);
}

struct Trends {
  std::string rows;
  std::string changes;
  std::string problems;
  std::string duration;
};

Trends trends_of(const ListedRun& listed, const ListedRun* before, consent::Timestamp now) {
  if (!before || !is_finished(listed)) return {};
  return {count_trend(before->rows.total(), listed.rows.total()),
          count_trend(before->changes.changes, listed.changes.changes),
          difference(problems_of(*before), problems_of(listed)),
          trend(static_cast<double>(duration_of(*before, now).count()),
                static_cast<double>(duration_of(listed, now).count()), least_milliseconds)};
}

Cells cells_of(const ListedRun& listed, const ListedRun* before, consent::Timestamp now) {
  const Trends trends = trends_of(listed, before, now);
  const auto duration = duration_of(listed, now);
  return {listed.run.id,
          std::string(to_string(listed.run.mode)),
          listed.run.store,
          std::string(state_word(listed)),
          show_count(listed.rows.total()),
          trends.rows,
          show_count(listed.changes.changes),
          trends.changes,
          show_count(problems_of(listed)),
          trends.problems,
          show_count(listed.rows.of_class(OutcomeClass::unfinished)),
          duration.count() > 0 ? show_time(duration) : "",
          trends.duration,
          listed.run.exit_code ? std::to_string(*listed.run.exit_code) : ""};
}

// What somebody may have to see to is not to be looked for.
std::vector<std::size_t> unfinished_first(const std::vector<ListedRun>& runs, std::size_t limit) {
  std::vector<std::size_t> shown(std::min(limit, runs.size()));
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  std::stable_partition(shown.begin(), shown.end(), [&](std::size_t i) {
    const ledger::RunState state = runs[i].run.state;
    return state == ledger::RunState::open || state == ledger::RunState::staging;
  });
  return shown;
}

std::string aligned(const Cells& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] == 0) continue;
    const bool is_trend = heading()[i].empty();  // of the number before it
    if (!line.empty()) line += is_trend ? " " : "  ";
    const bool to_the_left = i < words || is_trend;
    line +=
        to_the_left ? fmt::format("{:<{}}", cells[i], widths[i]) : fmt::format("{:>{}}", cells[i], widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace

std::string_view state_word(const ListedRun& listed) {
  const ledger::Run& run = listed.run;
  switch (run.state) {
    case ledger::RunState::staging:
      return listed.is_live ? "reading" : "died";
    case ledger::RunState::open:
      if (listed.is_live) return "running";
      return run.ended_at ? "stopped" : "died";
    case ledger::RunState::finished:
      return "finished";
    case ledger::RunState::abandoned:
      break;
  }
  return run.exit_code == static_cast<int>(ExitCode::safety_limit) ? "refused" : "abandoned";
}

std::string trend(double before, double now, double least) {
  if (before == now) return "=";
  if (std::min(before, now) < least) return "";
  const double ratio = now / before;
  if (ratio >= 10) return fmt::format("x{:.0f}", ratio);
  const double percent = std::round((ratio - 1) * 100);
  return percent == 0 ? "=" : fmt::format("{:+.0f}%", percent);
}

std::string runs_table(const std::vector<ListedRun>& runs, std::size_t limit, consent::Timestamp now) {
  std::vector<Cells> table{heading()};
  for (const std::size_t i : unfinished_first(runs, limit))
    table.push_back(cells_of(runs[i], run_before(runs, i), now));
  std::vector<std::size_t> widths(heading().size(), 0);
  for (const Cells& cells : table) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (const Cells& cells : table) text += aligned(cells, widths);
  return text;
}

}  // namespace consent_sync::app
