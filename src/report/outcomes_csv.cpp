#include "outcome_lines.hpp"

#include <array>
#include <charconv>

#include "csv.hpp"

namespace consent_sync::report {
namespace {

/// Most rows of most runs hold one of a few choices: each is put into words once.
const std::string& words_of(consent::Choice choice) {
  static const std::array<std::string, 256> words = [] {
    std::array<std::string, 256> all;
    for (unsigned code = 0; code < all.size(); ++code) {
      if (const auto valid = consent::Choice::from_code(code)) all[code] = consent::to_string(*valid);
    }
    return all;
  }();
  return words[choice.code()];
}

void add_number(std::string& line, std::int64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line.append(digits.data(), end);
}

/// Several customers of one address stand side by side.
void add_customers(std::string& line, const ledger::RowResult& row) {
  if (row.accounts.empty() && row.customer) add_number(line, row.customer->value());
  const char* separator = "";
  for (const ledger::AccountResult& account : row.accounts) {
    line += separator;
    add_number(line, account.customer.value());
    separator = "|";
  }
}

void add_choice(std::string& line, const std::optional<consent::Choice>& choice) {
  if (choice) line += words_of(*choice);
}

}  // namespace

std::optional<consent::Choice> after_of(const ledger::RowResult& row) {
  const bool came_about = consent::classify(row.outcome) == consent::OutcomeClass::ok;
  return came_about || row.outcome == consent::Outcome::drifted ? row.after : std::nullopt;
}

void write_outcomes_csv_line(const ledger::RowResult& row, std::string& line) {
  line.clear();
  add_number(line, row.line);
  line += ',';
  add_customers(line, row);
  line += ',';
  line += consent::to_string(row.outcome);
  line += ',';
  add_choice(line, row.before);
  line += ',';
  add_choice(line, after_of(row));
  line += ',';
  if (row.http_status != 0) add_number(line, row.http_status);
  line += ',';
  add_number(line, row.attempts);
  line += ',';
  if (!row.reason.empty()) line += csv_text_cell(row.reason);
  line += '\n';
}

}  // namespace consent_sync::report
