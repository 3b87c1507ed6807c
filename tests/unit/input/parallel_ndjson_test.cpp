#include <doctest/doctest.h>

#include "document_rows.hpp"
#include "files.hpp"
#include "readers.hpp"
#include "text.hpp"

using namespace consent_sync::input;

namespace {

OpenInput open_lines(const std::string& path) {
  OpenInput input;
  input.bytes = open_bytes(path);
  input.lines = std::make_unique<LineReader>(*input.bytes, 4096);
  return input;
}

std::vector<Row> one_by_one(const std::string& path, const Mapping* mapping) {
  const OpenInput input = open_lines(path);
  DocumentRows documents(mapping);
  std::vector<Row> rows;
  Line line;
  while (input.lines->next(line)) {
    if (trim(line.text).empty()) continue;
    documents.make(
        line, [](const Line&, const std::string& why) { return why_no_object(why); }, rows.emplace_back());
  }
  return rows;
}

void require_same(const std::vector<Row>& rows, const std::vector<Row>& expected) {
  REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].line == expected[i].line && rows[i].record == expected[i].record &&
        rows[i].problem == expected[i].problem && rows[i].source == expected[i].source) {
      continue;
    }
    CAPTURE(i);
    CHECK(rows[i].line == expected[i].line);
    CHECK(rows[i].record == expected[i].record);
    CHECK(rows[i].problem == expected[i].problem);
    CHECK(rows[i].source == expected[i].source);
  }
}

/// Lines as they should be, blank ones, broken ones, ones that are too long, and no line end at the last.
std::string many_lines() {
  std::string text;
  for (int i = 1; i <= 30000; ++i) {
    text += "{\"customer_id\":" + std::to_string(i) + ",\"allow\":[\"analytics\"],\"c\":{\"a\":true}}\n";
    if (i % 100 == 0) text += "\n";
    if (i % 777 == 0) text += "{\"customer_id\":" + std::to_string(i) + ",\"allow\":[\n";
    if (i % 1000 == 0) text += "{\"customer_id\":1,\"x\":\"\xFF\"}\r\n";
    if (i == 20000) text += std::string(2'000'000, 'x') + "\n";
  }
  return text + "{\"customer_id\":7,\"deny\":[\"targeting\"]}";
}

}  // namespace

TEST_CASE("rows made by several threads are the same, in the same order, with the same lines") {
  const Files files;
  const std::string path = files.write("a.ndjson", many_lines());
  require_same(read_all(*parallel_ndjson_reader(open_lines(path), {})), one_by_one(path, nullptr));
  const ReaderOptions options =
      by_mapping("customer: {id: customer_id}\ndecisions: {object: c}\ncategories: {analytics: a}");
  require_same(read_all(*parallel_ndjson_reader(open_lines(path), options)),
               one_by_one(path, options.mapping.get()));
}

TEST_CASE("who has several threads at work may stop early, and an input may be shorter than all of them") {
  const Files files;
  std::vector<Row> rows;
  const auto reader = parallel_ndjson_reader(open_lines(files.write("a.ndjson", many_lines())), {});
  CHECK(reader->read(rows));
  const auto small = parallel_ndjson_reader(open_lines(files.write("b.ndjson", "{\"customer_id\":1}\n")), {});
  CHECK(small->read(rows));
  CHECK(rows.size() == 1);
  CHECK_FALSE(small->read(rows));
  CHECK(small->fingerprint().rows == 1);
}
