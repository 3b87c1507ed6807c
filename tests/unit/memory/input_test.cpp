#include <memory>
#include <string>
#include <vector>

#include <consent_sync/input/mapping.hpp>
#include <consent_sync/input/preset.hpp>

#include "allocations.hpp"
#include "memory_input.hpp"
#include "tc_string.hpp"

using namespace consent_sync::input;
using consent_sync::memory::survives_every_failure;

namespace {

using Mapped = std::shared_ptr<const Mapping>;

Mapped mapping_of(const std::string& yaml) {
  return std::make_shared<const Mapping>(read_mapping(yaml));
}

/// All that is said of each row.
struct Said {
  explicit Said(const Row& row)
      : line(row.line),
        record(row.record),
        by_email(row.by_email),
        problem(row.problem),
        source(row.source),
        store(row.store) {}
  bool operator==(const Said&) const = default;

  consent_sync::consent::LineNumber line;
  std::optional<consent_sync::consent::Record> record;
  std::optional<consent_sync::consent::RecordByEmail> by_email;
  std::string problem;
  std::string source;
  std::optional<std::string> store;
};

template <class Open>
std::vector<Said> rows_of(Open open) {
  std::vector<Said> said;
  std::vector<Row> batch;
  const std::unique_ptr<Reader> reader = open();
  while (reader->read(batch)) {
    for (const Row& row : batch) said.emplace_back(row);
  }
  return said;
}

ReaderOptions by(const Mapped& mapping) {
  ReaderOptions options;
  options.delimiter = ',';
  options.mapping = mapping;
  options.store_column = mapping ? mapping->customer.name : "customer_id";
  return options;
}

void csv_survives(const std::string& text, const Mapped& mapping = nullptr) {
  CAPTURE(text);
  const auto read = [&] {
    return rows_of([&] { return csv_reader(fuzz::open_memory(text, 64), by(mapping)); });
  };
  const auto expected = read();
  REQUIRE(expected.size() > 1);
  survives_every_failure(expected, read);
}

void ndjson_survives(const std::string& text, const Mapped& mapping = nullptr) {
  CAPTURE(text);
  const auto read = [&] {
    return rows_of([&] { return ndjson_reader(fuzz::open_memory(text, 64), by(mapping)); });
  };
  const auto expected = read();
  REQUIRE(expected.size() > 1);
  survives_every_failure(expected, read);
}

}  // namespace

TEST_CASE("no memory while CSV is read: no row is read as another") {
  csv_survives(
      "customer_id,allow,deny,decided_at\n1,analytics|functional,targeting,2026-11-24T05:00:00Z\n"
      "2,\"essential\",\"analytics,targeting\",\nx,no-such-category-that-is-rather-long,,\n");
  csv_survives("customer_id,essential,functional,analytics,targeting\n1,yes,no,1,0\n2,allow,deny,,granted\n");
  csv_survives("customer_id,allow\n1,\"a quotation\"\"mark\"\n2,\"stray\"mark,x\n3,analytics\n");
}

TEST_CASE("no memory while mapped CSV is read") {
  csv_survives("c,t,j\n1,24/11/2026,\"{\"\"ad_storage\"\":true,\"\"analytics_storage\"\":false}\"\n2,,x\n",
               mapping_of("customer: {id: c}\ndecided_at: {from: t, formats: ['%d/%m/%Y'], zone: UTC}\n"
                          "decisions: {object: j}\ncategories: {analytics: analytics_storage, targeting: "
                          "ad_storage}"));
  csv_survives("c,g\n1,\"C0001:1,C0002:0\"\nsomebody@example.com,C0001:1\n",
               mapping_of("customer: {email: c}\ndecisions: {pairs: g}\ncategories: {analytics: C0001, "
                          "targeting: C0002}\noptional: [C0002]"));
  csv_survives("c,k,v\n1,first-of-the-categories,yes\n1,second,no\n2,unknown,no\n",
               mapping_of("customer: {id: c}\ndecisions: {rows: {category: k, value: v}}\n"
                          "categories: {analytics: first-of-the-categories, targeting: second}"));
  csv_survives("c,l\n1,\"[\"\"a\"\",\"\"b\"\"]\"\n2,a|b\n",
               mapping_of("customer: {id: c}\ndecisions: {lists: {allow: l}}\nabsent: deny\n"
                          "categories: {analytics: a, targeting: b}"));
}

TEST_CASE("no memory while NDJSON is read, lines or an array, canonical or mapped") {
  const std::string lists =
      R"({"customer_id":1,"allow":["analytics"],"deny":["targeting"],"decided_at":"2026-11-24T05:00:00Z"})";
  const std::string map =
      R"({"customer_id":"2","consent":{"analytics":true,"targeting":false},"more":{"deep":[1,2,{"a":null}]}})";
  const std::string broken = R"({"customer_id":3,"allow":["no such category"],"deny":)";
  ndjson_survives(lists + "\n" + map + "\n" + broken + "\n");
  ndjson_survives("[" + lists + ",\n" + map + "]\n");
  ndjson_survives(R"({"u":{"id":7},"p":[{"name":"marketing purposes","on":true}]})"
                  "\n"
                  R"({"u":{"id":8},"p":[{"name":"marketing purposes","on":"?"}]})"
                  "\n",
                  mapping_of("customer: {id: /u/id}\ndecisions: {entries: {in: p, category: name, value: "
                             "on}}\ncategories: {targeting: marketing purposes}"));
}

TEST_CASE("no memory while a consent string is decoded") {
  const std::string text = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA";
  const auto decode = [&] {
    std::string problem;
    const auto decoded = decode_tc_string(text, problem);
    return std::pair(decoded ? decoded->purposes_consent : 0U, problem);
  };
  const auto expected = decode();
  std::size_t nth = 1;
  for (;; ++nth) {
    const consent_sync::memory::FailingAllocation failing(nth);
    try {
      CHECK(decode() == expected);
    } catch (const std::bad_alloc&) {
    }
    if (!consent_sync::memory::FailingAllocation::has_failed()) break;
  }
}

TEST_CASE("no memory while a mapping is read: it never means something else") {
  for (const char* preset : {"onetrust", "google-consent-mode", "transcend"}) {
    CAPTURE(preset);
    const std::string yaml = find_preset(preset).mapping;
    survives_every_failure(yaml, [&] { return find_preset(preset).mapping; });
    survives_every_failure(overlay_mapping("", yaml), [&] { return overlay_mapping("", yaml); });
    const auto meaning = [&] {
      const Mapping mapping = read_mapping(yaml);
      return std::tuple(mapping.parts, mapping.ignored, mapping.allow_words, mapping.deny_words);
    };
    survives_every_failure(meaning(), meaning);
  }
}
