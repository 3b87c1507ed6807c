#include "record_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "customer_id_text.hpp"
#include "decision_words.hpp"
#include "text.hpp"
#include "time_format.hpp"

namespace consent_sync::input {
namespace {

using consent::Category;
using consent::Decision;

constexpr auto is_separator = [](char c) {
  return c == '|' || c == ';' || c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
};

std::string_view name_of(Decision decision) {
  return decision == Decision::allow ? "allow" : "deny";
}

}  // namespace

std::optional<Category> read_category(std::string_view name) {
  if (const auto category = consent::parse_category(name)) return category;
  for (const Category category : consent::all_categories) {
    if (equals_ignoring_case(name, to_string(category))) return category;
  }
  return std::nullopt;
}

void RecordBuilder::customer_id(std::string_view text) {
  customer_given_ = true;
  std::string problem;
  customer_ = read_customer_id(trim(text), problem);
  if (!customer_) refuse(std::move(problem));
}

void RecordBuilder::list(Decision decision, std::string_view text) {
  const auto end = text.end();
  for (auto word = text.begin();;) {
    word = std::find_if_not(word, end, is_separator);
    if (word == end) return;
    const auto word_end = std::find_if(word, end, is_separator);
    list_item(decision, std::string_view(word, word_end));
    word = word_end;
  }
}

void RecordBuilder::list_item(Decision decision, std::string_view word) {
  const std::optional<Category> category = read_category(trim(word));
  if (category) return decide(*category, decision);
  refuse(fmt::format("{} names {}; the categories are essential, functional, analytics and targeting",
                     name_of(decision), shown(trim(word))));
}

void RecordBuilder::column(Category category, std::string_view text) {
  text = trim(text);
  if (text.empty()) return;
  if (const std::optional<Decision> decision = decision_of(text)) return decide(category, *decision);
  refuse(fmt::format("{} is {}; write yes or no, or leave it empty", to_string(category), shown(text)));
}

void RecordBuilder::decide(Category category, Decision decision) {
  if (decision == Decision::unspecified) return;
  const Decision before = choice_.of(category);
  if (before != Decision::unspecified && before != decision) {
    refuse(fmt::format("{} is both allowed and denied", to_string(category)));
  }
  choice_.set(category, decision);
}

void RecordBuilder::decided_at(std::string_view text) {
  text = trim(text);
  if (text.empty()) return;
  decided_at_ = consent::parse_rfc3339(text);
  if (decided_at_ && is_plausible(*decided_at_)) return;
  if (decided_at_) return refuse(fmt::format("decided_at is {}: no one has chosen then", shown(text)));
  refuse(fmt::format("decided_at is {}; write a date and time with its offset, like 2026-11-24T05:00:00Z",
                     shown(text)));
}

void RecordBuilder::refuse(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

void RecordBuilder::finish(Row& row) {
  const bool is_read = problem_.empty();
  if (!customer_given_) refuse("customer_id is missing");
  if (choice_.is_empty()) refuse("it decides nothing: no category is allowed or denied");
  row.record.reset();
  row.problem.clear();
  row.customer.reset();
  if (problem_.empty()) {
    row.record = consent::Record{*customer_, choice_, decided_at_};
  } else {
    if (!is_read) row.customer = customer_;
    row.problem = std::move(problem_);
  }
  customer_.reset();
  customer_given_ = false;
  choice_ = consent::Choice();
  decided_at_.reset();
  problem_.clear();
}

}  // namespace consent_sync::input
