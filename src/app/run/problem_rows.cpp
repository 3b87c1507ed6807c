#include "problem_rows.hpp"

#include <cstdio>
#include <limits>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "../exit_code.hpp"
#include "../figures.hpp"
#include "../settings/settings.hpp"
#include "earlier_run.hpp"
#include "nameless_file.hpp"

namespace consent_sync::app {
namespace {

using consent::Outcome;
using consent::OutcomeClass;

// They are held in memory; where it was more than this, the whole input is the better answer.
constexpr std::size_t most_rows = 1'000'000;

/// How the rows of an input are mapped, in the settings of a run.
std::string mapping_in(const std::string& settings) {
  std::istringstream lines(settings);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("input.mapping:")) return line;
  }
  return "";
}

/// Calls `visit` with each customer that a row speaks for, and what was wanted for it.
template <class Visit>
void for_each_customer(const ledger::RowResult& row, Visit visit) {
  if (row.accounts.empty() && row.customer) visit(*row.customer, row.after);
  for (const ledger::AccountResult& account : row.accounts) visit(account.customer, account.after);
}

[[noreturn]] void refuse_so_many() {
  refuse_to_go_on(
      fmt::format("more than {} rows ended as a problem: run the whole input again", show_count(most_rows)));
}

/// The problem rows of a run and what has become of their customers since.
class Problems {
 public:
  void take(ledger::Ledger& ledger, const ledger::Run& run) {
    ledger.for_each_row(run.id, [&](const ledger::RowResult& row) {
      if (classify(row.outcome) != OutcomeClass::problem) return;
      if (row.outcome == Outcome::invalid) {
        leave_out(row);
      } else {
        add(row);
      }
    });
    for (const std::int64_t customer : not_understood_customers_) hold_back(customer);
  }

  void leave_out_what_is_overtaken(ledger::Ledger& ledger, const ledger::Run& run) {
    for (const ledger::Run& later : ledger.runs(std::numeric_limits<std::int64_t>::max())) {
      if (later.started_at <= run.started_at) break;
      const bool counts = later.store == run.store && later.mode == ledger::Mode::sync &&
                          later.state != ledger::RunState::staging;
      if (counts) compare_with(ledger, later);
    }
  }

  bool has(consent::LineNumber line) const { return rows_.contains(line); }

  void tell(const ledger::RunId& id) const {
    spdlog::info("{} rows ended as a problem in run {} and are taken up", show_count(rows_.size()), id);
    if (not_understood_ > 0) {
      spdlog::warn(
          "{} rows of run {} were not understood, or are of customers with such a row, and are left out: "
          "mend "
          "them in the rejected rows of its report",
          show_count(not_understood_), id);
    }
    if (overtaken_ > 0) {
      spdlog::warn(
          "{} rows of run {} are left out: later runs have other choices of their customers, which the older "
          "ones must not "
          "replace",
          show_count(overtaken_), id);
    }
  }

 private:
  void leave_out(const ledger::RowResult& row) {
    ++not_understood_;
    for_each_customer(row, [&](consent::CustomerId customer, std::optional<consent::Choice>) {
      if (not_understood_customers_.size() == most_rows) refuse_so_many();
      not_understood_customers_.insert(customer.value());
    });
  }

  // Without the row that was not understood, the others are not the customer's choice.
  void hold_back(std::int64_t customer) {
    const auto rows = customers_.find(customer);
    if (rows == customers_.end()) return;
    for (const Wanted& wanted : rows->second) not_understood_ += rows_.erase(wanted.line);
  }

  void add(const ledger::RowResult& row) {
    if (rows_.size() == most_rows) refuse_so_many();
    rows_.insert(row.line);
    if (!row.customer) nobodys_.push_back(row.line);
    for_each_customer(row, [&](consent::CustomerId customer, std::optional<consent::Choice> wanted) {
      customers_[customer.value()].push_back({row.line, wanted});
    });
  }

  void compare_with(ledger::Ledger& ledger, const ledger::Run& later) {
    // Whose these rows are the store could not say then; it may have been one of the later run's customers.
    for (const consent::LineNumber line : nobodys_) overtaken_ += rows_.erase(line);
    nobodys_.clear();
    const std::unique_ptr<ledger::RowCursor> rows = ledger.read_rows(later.id);
    while (const ledger::RowResult* row = rows->next()) {
      if (row->outcome == Outcome::superseded) continue;
      for_each_customer(*row, [&](consent::CustomerId customer, std::optional<consent::Choice> wanted) {
        leave_out_others(customer, wanted);
      });
    }
  }

  void leave_out_others(consent::CustomerId customer, std::optional<consent::Choice> wanted) {
    const auto same_customer = customers_.find(customer.value());
    if (same_customer == customers_.end()) return;
    for (const Wanted& earlier : same_customer->second) {
      if (earlier.choice != wanted) overtaken_ += rows_.erase(earlier.line);
    }
  }

  struct Wanted {
    consent::LineNumber line;
    std::optional<consent::Choice> choice;
  };

  std::unordered_set<consent::LineNumber> rows_;
  std::unordered_map<std::int64_t, std::vector<Wanted>> customers_;
  std::vector<consent::LineNumber>
      nobodys_;  ///< rows whose e-mail address no customer, or none for sure, had
  std::unordered_set<std::int64_t> not_understood_customers_;
  std::uint64_t not_understood_ = 0;
  std::uint64_t overtaken_ = 0;
};

std::string csv_field(const std::string& cell) {
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + '"';
}

std::string header_of(const ledger::InputFacts& input) {
  std::string header;
  for (const std::string& column : input.columns) header += (header.empty() ? "" : ",") + csv_field(column);
  return header + '\n';
}

/// Reads the rows again, and gives them the lines that they had.
class ProblemRowReader final : public input::Reader {
 public:
  ProblemRowReader(NamelessFile file, std::vector<consent::LineNumber> lines,
                   const input::ReaderOptions& options)
      : file_(std::move(file)),
        lines_(std::move(lines)),
        reader_(input::open_reader(fmt::format("/proc/self/fd/{}", ::fileno(file_.get())), options)) {}

  bool read(std::vector<input::Row>& rows) override {
    const bool goes_on = reader_->read(rows);
    if (rows.size() > lines_.size() - next_ || (!goes_on && next_ != lines_.size())) refuse_other_rows();
    for (input::Row& row : rows) row.line = lines_[next_++];
    return goes_on;
  }
  input::Format format() const override { return reader_->format(); }
  const std::vector<std::string>& columns() const override { return reader_->columns(); }
  const consent::Composition* composition() const override { return reader_->composition(); }
  input::Fingerprint fingerprint() const override { return reader_->fingerprint(); }
  std::uint64_t bytes_read() const override { return reader_->bytes_read(); }

 private:
  // They would get other rows' lines, and some be lost.
  [[noreturn]] void refuse_other_rows() const {
    throw std::logic_error(
        fmt::format("{} rows of an earlier run were written to be read again, and others came back; "
                    "run the whole input again",
                    lines_.size()));
  }

  const NamelessFile file_;
  const std::vector<consent::LineNumber> lines_;
  const std::unique_ptr<input::Reader> reader_;
  std::size_t next_ = 0;
};

bool is_csv(const ledger::Run& run) {
  return run.input.format == "csv";
}

/// The lines of the rows that were written.
std::vector<consent::LineNumber> write_rows(ledger::Ledger& ledger, const ledger::Run& run,
                                            const Problems& problems, std::FILE* file) {
  std::vector<consent::LineNumber> lines;
  if (is_csv(run)) std::fputs(header_of(run.input).c_str(), file);
  ledger.for_each_row(run.id, [&](const ledger::RowResult& row) {
    if (!problems.has(row.line)) return;
    lines.push_back(row.line);
    std::fputs((row.source + '\n').c_str(), file);
  });
  // An NDJSON without rows is no input; a header row without rows is one.
  if (!is_csv(run) && lines.empty()) std::fputs("customer_id,allow,deny\n", file);
  finish_writing(file);
  return lines;
}

/// The ledger keeps a row as UTF-8, and a row of a CSV with commas: lines that looked like none may do now.
input::ReaderOptions options_for(const ledger::Run& run, input::ReaderOptions options, bool is_empty) {
  const bool reads_csv = is_csv(run) || is_empty;
  options.format = reads_csv ? input::Format::csv : input::Format::ndjson;
  options.encoding = input::Encoding::utf8;
  options.delimiter = ',';
  options.trusts_quotes = true;
  if (is_empty && !is_csv(run)) options.mapping = nullptr;
  return options;
}

}  // namespace

ledger::Run find_run_with_problems(ledger::Ledger& ledger, const Config& config) {
  const std::string& id = config.input.only_problems_of;
  ledger::Run run = find_earlier_run(ledger, config, id);
  if (run.mode != ledger::Mode::sync) refuse_to_go_on(fmt::format("run {} sent nothing: it was no sync", id));
  if (run.state == ledger::RunState::open || run.state == ledger::RunState::staging) {
    refuse_to_go_on(fmt::format("run {} is not finished: the command that began it takes it up", id));
  }
  if (run.is_forgotten) {
    refuse_to_go_on(fmt::format(
        "what the rows of run {} said is not kept any more (policy.email_cache): run the whole input "
        "again",
        id));
  }
  if (mapping_in(run.settings) != mapping_in(describe(config))) {
    refuse_to_go_on(fmt::format("run {} read its input by another mapping: use its input settings", id));
  }
  return run;
}

std::unique_ptr<input::Reader> open_problem_rows(ledger::Ledger& ledger, const ledger::Run& run,
                                                 const input::ReaderOptions& options) {
  Problems problems;
  problems.take(ledger, run);
  problems.leave_out_what_is_overtaken(ledger, run);
  problems.tell(run.id);

  NamelessFile file = make_nameless_file();
  const std::vector<consent::LineNumber> lines = write_rows(ledger, run, problems, file.get());
  auto reader =
      std::make_unique<ProblemRowReader>(std::move(file), lines, options_for(run, options, lines.empty()));
  if (reader->composition()) {
    refuse_to_go_on(
        fmt::format("the rows of run {} speak of one category each: run the whole input again", run.id));
  }
  return reader;
}

}  // namespace consent_sync::app
