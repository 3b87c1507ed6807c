#include <array>
#include <iterator>

#include <fmt/format.h>

#include "json_writer.hpp"
#include "outcome_lines.hpp"

namespace consent_sync::report {
namespace {

std::string object_of(consent::Choice choice) {
  std::string object = "{";
  for (const consent::Category category : consent::all_categories) {
    const consent::Decision decision = choice.of(category);
    if (decision == consent::Decision::unspecified) continue;
    if (object.size() > 1) object += ',';
    object += fmt::format("\"{}\":\"{}\"", consent::to_string(category),
                          decision == consent::Decision::allow ? "allow" : "deny");
  }
  return object + '}';
}

/// Most rows of most runs hold one of a few choices: each is put into words once.
const std::string& words_of(const std::optional<consent::Choice>& choice) {
  static const std::string none = "null";
  static const std::array<std::string, 256> words = [] {
    std::array<std::string, 256> all;
    for (unsigned code = 0; code < all.size(); ++code) {
      if (const auto valid = consent::Choice::from_code(code)) all[code] = object_of(*valid);
    }
    return all;
  }();
  return choice ? words[choice->code()] : none;
}

std::string number_or_null(std::int64_t number) {
  return number == 0 ? "null" : fmt::format("{}", number);
}

/// Several customers of one address, in a member of their own.
std::string several_of(const ledger::RowResult& row) {
  std::string list;
  for (const ledger::AccountResult& account : row.accounts) {
    list += fmt::format("{}{}", list.empty() ? "" : ",", account.customer.value());
  }
  return list.empty() ? "" : fmt::format(",\"customer_ids\":[{}]", list);
}

}  // namespace

void write_outcomes_ndjson_line(const ledger::RowResult& row, std::string& line) {
  line.clear();
  fmt::format_to(std::back_inserter(line),
                 "{{\"line\":{},\"customer_id\":{}{},\"outcome\":\"{}\",\"before\":{},\"after\":{},"
                 "\"http_status\":{},\"attempts\":{},\"reason\":{}}}\n",
                 row.line, number_or_null(row.customer ? row.customer->value() : 0), several_of(row),
                 consent::to_string(row.outcome), words_of(row.before), words_of(after_of(row)),
                 number_or_null(row.http_status), row.attempts,
                 row.reason.empty() ? "null" : json_text(row.reason));
}

}  // namespace consent_sync::report
