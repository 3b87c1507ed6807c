#include <doctest/doctest.h>

#include <random>
#include <sstream>

#include "csv_fields.hpp"
#include "files.hpp"
#include "readers.hpp"
#include "seed.hpp"

using namespace consent_sync;
using namespace consent_sync::input;
using consent::Category;
using consent::Decision;

namespace {

class Random {
 public:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_);
  }
  bool coin() { return below(2) == 0; }

 private:
  std::mt19937 engine_{seed};
};

std::vector<consent::Record> random_records(Random& random, std::size_t count) {
  std::vector<consent::Record> records;
  while (records.size() < count) {
    const auto choice = consent::Choice::from_code(static_cast<unsigned>(random.below(256)));
    if (!choice || choice->is_empty()) continue;
    const auto id =
        std::int64_t{1} + static_cast<std::int64_t>(random.below(std::size_t{1} << (1 + random.below(62))));
    consent::Record record{*consent::CustomerId::from(id), *choice, std::nullopt};
    if (random.coin())
      record.decided_at = consent::Timestamp(std::chrono::seconds(800000000 + random.below(2000000000)));
    records.push_back(record);
  }
  return records;
}

std::string names(consent::Choice choice, Decision decision, const std::string& separator,
                  const std::string& quote) {
  std::string list;
  for (const Category category : consent::all_categories) {
    if (choice.of(category) != decision) continue;
    list += (list.empty() ? "" : separator) + quote + std::string(to_string(category)) + quote;
  }
  return list;
}

std::string time_of(const consent::Record& record) {
  return record.decided_at ? consent::to_rfc3339(*record.decided_at) : std::string();
}

// How a CSV file may be written.
struct Style {
  char delimiter;
  std::string line_end;
  bool quote_all;
  bool by_category;
};

std::string field(const Style& style, const std::string& text) {
  const bool needed = text.find_first_of(std::string("\"\r\n") + style.delimiter) != std::string::npos;
  if (!needed && !style.quote_all) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string line_of(const Style& style, const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& text : fields)
    line += (line.empty() ? "" : std::string(1, style.delimiter)) + field(style, text);
  return line + style.line_end;
}

std::vector<std::string> fields_of(const Style& style, const consent::Record& record,
                                   const std::string& note) {
  std::vector<std::string> fields{std::to_string(record.customer.value()), note};
  if (style.by_category) {
    for (const Category category : consent::all_categories) {
      const Decision decision = record.choice.of(category);
      fields.push_back(decision == Decision::allow ? "yes" : decision == Decision::deny ? "no" : "");
    }
  } else {
    fields.push_back(names(record.choice, Decision::allow, "|", ""));
    fields.push_back(names(record.choice, Decision::deny, ", ", ""));
  }
  fields.push_back(time_of(record));
  return fields;
}

std::string csv_of(const Style& style, const std::vector<consent::Record>& records, Random& random) {
  const std::vector<std::string> notes{
      "", "plain", "with, comma; and | pipe", "a \"quoted\" word", "two\r\nlines\n", "caf\xC3\xA9", "\ttab"};
  std::string csv =
      line_of(style, style.by_category
                         ? std::vector<std::string>{"customer_id", "note", "essential", "functional",
                                                    "analytics", "targeting", "decided_at"}
                         : std::vector<std::string>{"customer_id", "note", "allow", "deny", "decided_at"});
  for (const consent::Record& record : records) {
    csv += line_of(style, fields_of(style, record, notes[random.below(notes.size())]));
    if (random.below(10) == 0) csv += style.line_end;
  }
  return csv;
}

std::string ndjson_of(const std::vector<consent::Record>& records, Random& random) {
  std::string text;
  for (const consent::Record& record : records) {
    const std::string id = std::to_string(record.customer.value());
    text += "{\"customer_id\":" + (random.coin() ? id : '"' + id + '"');
    if (random.coin()) {
      text += ",\"allow\":[" + names(record.choice, Decision::allow, ",", "\"") + "],\"deny\":[" +
              names(record.choice, Decision::deny, ", ", "\"") + "]";
    } else {
      std::string map;
      for (const Category category : consent::all_categories) {
        const Decision decision = record.choice.of(category);
        map += (map.empty() ? "\"" : ",\"") + std::string(to_string(category)) + "\": ";
        map += decision == Decision::allow ? "true" : decision == Decision::deny ? "false" : "null";
      }
      text += ",\"consent\":{" + map + "}";
    }
    if (record.decided_at) text += ",\"decided_at\":\"" + time_of(record) + "\"";
    text += random.coin() ? "}\n" : "}\r\n";
  }
  return text;
}

void check_reads_back(const std::string& path, const std::vector<consent::Record>& records,
                      std::size_t chunk) {
  CAPTURE(chunk);
  const auto rows = read_all(*open_reader_by_chunks(path, {}, chunk));
  REQUIRE(rows.size() == records.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    INFO(rows[i].problem);
    REQUIRE(rows[i].record);
    CHECK(*rows[i].record == records[i]);
  }
}

}  // namespace

TEST_CASE("random choices read back the same from CSV in every style, wherever chunks end") {
  INFO("seed ", seed);
  Random random;
  const Files files;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    for (const std::string line_end : {"\n", "\r\n", "\r"}) {
      for (const bool quote_all : {false, true}) {
        for (const bool by_category : {false, true}) {
          const Style style{delimiter, line_end, quote_all, by_category};
          CAPTURE(delimiter);
          CAPTURE(quote_all);
          const auto records = random_records(random, 60);
          const std::string path = files.write("a.csv", csv_of(style, records, random));
          for (std::size_t chunk = 1; chunk <= 97; chunk += 3) check_reads_back(path, records, chunk);
          check_reads_back(path, records, 65536);
        }
      }
    }
  }
}

TEST_CASE("random choices read back the same from NDJSON, wherever chunks end") {
  INFO("seed ", seed);
  Random random;
  const Files files;
  const auto records = random_records(random, 200);
  const std::string path = files.write("a.ndjson", ndjson_of(records, random));
  for (std::size_t chunk = 1; chunk <= 97; ++chunk) check_reads_back(path, records, chunk);
}

TEST_CASE("random choices read back the same from one JSON array, wherever chunks end") {
  INFO("seed ", seed);
  Random random;
  const Files files;
  const auto records = random_records(random, 100);
  std::istringstream lines(ndjson_of(records, random));
  std::string array;
  for (std::string line; std::getline(lines, line);) array += (array.empty() ? "[" : " ,") + line;
  const std::string path = files.write("a.json", array + "\n]\n");
  for (std::size_t chunk = 1; chunk <= 97; chunk += 5) check_reads_back(path, records, chunk);
  check_reads_back(path, records, 65536);
}

TEST_CASE("the sources of rows, below a header row of the columns, are the same input again") {
  INFO("seed ", seed);
  Random random;
  const Files files;
  const auto records = random_records(random, 300);
  const auto reader =
      open_reader(files.write("a.csv", csv_of({';', "\r\n", false, false}, records, random)), {});
  std::string again;
  for (const std::string& column : reader->columns()) again += column + ',';
  again += "reason\n";
  for (const Row& row : read_all(*reader)) again += row.source + ",\"because, yes\"\n";
  check_reads_back(files.write("again.csv", again), records, 4096);
}

TEST_CASE("any bytes give rows or a FileError, and each row a record or a problem") {
  INFO("seed ", seed);
  Random random;
  const Files files;
  const std::string alphabet = std::string("\",;|\t\r\n {}[]:") + '\0' + "\xC3\xA9\xFF" + "1a";
  for (int round = 0; round < 2000; ++round) {
    std::string content = random.coin() ? "customer_id,allow,note\n" : "{\"customer_id\":1}\n";
    for (std::size_t i = random.below(60); i > 0; --i) content += alphabet[random.below(alphabet.size())];
    const std::string path = files.write("a", content);
    try {
      for (const Row& row : read_all(*open_reader_by_chunks(path, {}, 1 + random.below(20)))) {
        CHECK(row.record.has_value() == row.problem.empty());
        CHECK(row.line >= 1);
      }
    } catch (const FileError& error) {
      CHECK_FALSE(std::string(error.what()).empty());
    }
  }
}
