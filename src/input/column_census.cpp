#include "column_census.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "customer_id_text.hpp"
#include "email_text.hpp"
#include "tc_string.hpp"
#include "text.hpp"
#include "time_format.hpp"

namespace consent_sync::input {
namespace {

// Beyond that, values are names of things rather than words for a decision.
constexpr std::size_t most_words = 24;
constexpr std::size_t longest_word = 40;
constexpr std::size_t shortest_time = 8;
constexpr std::size_t longest_time = 80;

struct KnownFormat {
  const char* name;
  TimeReader reader;
};

const std::vector<KnownFormat>& known_formats() {
  static const std::vector<KnownFormat> formats = [] {
    std::vector<KnownFormat> made;
    for (const char* name : {"rfc3339",
                             "epoch_s",
                             "epoch_ms",
                             "epoch_us",
                             "js",
                             "%Y-%m-%d %H:%M:%S %z",
                             "%Y-%m-%d %H:%M:%S",
                             "%Y-%m-%dT%H:%M:%S",
                             "%Y-%m-%d",
                             "%d/%m/%Y",
                             "%m/%d/%Y",
                             "%d/%m/%Y %H:%M",
                             "%m/%d/%Y %H:%M",
                             "%d/%m/%Y %H:%M:%S",
                             "%m/%d/%Y %H:%M:%S",
                             "%m/%d/%Y %I:%M %p",
                             "%m/%d/%Y %I:%M:%S %p",
                             "%d.%m.%Y",
                             "%d.%m.%Y %H:%M",
                             "%d.%m.%Y %H:%M:%S",
                             "%Y/%m/%d",
                             "%Y/%m/%d %H:%M:%S"}) {
      made.push_back({name, TimeReader({name}, "UTC")});
    }
    return made;
  }();
  return formats;
}

bool is_all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string time_formats_of(std::string_view text) {
  std::string names;
  std::optional<consent::Timestamp> time;
  std::string problem;
  if (text.size() < shortest_time || text.size() > longest_time) return names;
  for (const KnownFormat& format : known_formats()) {
    if (format.reader.read(text, time, problem))
      names += fmt::format("{}{}", names.empty() ? "" : " or ", format.name);
  }
  return names;
}

ColumnCensus::ColumnCensus(std::string name) : words_(most_words), mangled_(most_words), times_(most_words) {
  facts_.name = std::move(name);
}

void ColumnCensus::see(std::string_view value, consent::LineNumber line) {
  value = trim(value);
  if (value.empty()) {
    ++facts_.empty;
    return;
  }
  ++facts_.values;
  std::string problem;
  const bool is_email = value.find('@') != std::string_view::npos && read_email(value, problem);
  if (is_email) {
    ++facts_.emails;
    return;
  }
  if (has_address(value)) {
    ++facts_.texts_with_emails;
    return;
  }
  if (value.size() > longest_word) {
    facts_.has_many_words = true;
    if (decode_tc_string(value, problem)) ++facts_.tc_strings;
  } else {
    words_.add(value, line);
  }
  see_id(value, line);
  see_time(value, line);
}

void ColumnCensus::see_id(std::string_view value, consent::LineNumber line) {
  std::string problem;
  if (read_customer_id(value, problem)) {
    ++facts_.ids;
    return;
  }
  const std::string reason = problem.substr(problem.rfind(": ") + 2);
  if (reason != not_a_number) mangled_.add(reason, line);
}

// Ids can have the digits of a time.
void ColumnCensus::see_time(std::string_view value, consent::LineNumber line) {
  if (is_all_digits(value) && value.size() < 10) return;
  const std::string formats = time_formats_of(value);
  if (!formats.empty()) times_.add(formats, line);
}

ColumnFacts ColumnCensus::facts() const {
  ColumnFacts facts = facts_;
  facts.has_many_words = facts.has_many_words || words_.overflowed();
  if (!facts.has_many_words) facts.words = words_.sorted();
  const bool are_different =
      facts.has_many_words || (facts.words.size() >= 5 && 2 * facts.words.size() > facts.values);
  if (facts.ids > 0 && are_different) facts.mangled_ids = mangled_.sorted();
  std::uint64_t times = 0;
  for (const Finding& finding : times_.sorted()) times += finding.count;
  if (2 * times >= facts.values && times > 0) facts.time_formats = times_.sorted();
  return facts;
}

}  // namespace consent_sync::input
