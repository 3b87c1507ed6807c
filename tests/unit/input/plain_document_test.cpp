#include <doctest/doctest.h>

#include <random>
#include <string>

#include "json_row.hpp"
#include "plain_document.hpp"
#include "seed.hpp"

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

class Reading {
 public:
  explicit Reading(std::string text) : size_(text.size()), text_(std::move(text)) {
    text_.append(simdjson::SIMDJSON_PADDING, '\0');
  }

  std::optional<consent::Record> plain() {
    PlainDocument document;
    Row row;
    if (document.read(text())) document.finish(row);
    return row.record;
  }

  Row whole() {
    JsonRow json;
    RecordBuilder builder;
    if (std::string why = json.read(view(), builder); !why.empty()) builder.refuse(why);
    Row row;
    builder.finish(row);
    return row;
  }

 private:
  std::string_view text() const { return {text_.data(), size_}; }

  simdjson::padded_string_view view() const {
    return simdjson::padded_string_view(text_.data(), size_, text_.size());
  }

  std::size_t size_;
  std::string text_;
};

std::optional<consent::Record> plain(const std::string& text) {
  return Reading(text).plain();
}

/// A document of the canonical form, its members in some order.
std::string random_document(std::mt19937& random) {
  static const char* const members[] = {R"("customer_id":42)",
                                        R"("customer_id":"42")",
                                        R"("customer_id":9223372036854775807)",
                                        R"("consent":{"analytics":true,"targeting":false})",
                                        R"("consent":{"analytics":null})",
                                        R"("allow":["analytics"])",
                                        R"("deny":["targeting"])",
                                        R"("deny":["analytics"])",
                                        R"("decided_at":"2026-11-24T05:00:00Z")",
                                        R"("decided_at":"")",
                                        R"("decided_at":null)",
                                        R"("note":"x")",
                                        R"("note":1.5)",
                                        R"("note":{"deep":[1]})",
                                        R"("Analytics":true)",
                                        R"("allow":["Analytics","essential"])",
                                        R"("reason":"\u00e9")"};
  std::string text = "{";
  const std::size_t count = 1 + random() % 4;
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ",") + std::string(members[random() % std::size(members)]);
  }
  return text + "}";
}

void damage(std::string& text, std::mt19937& random) {
  if (random() % 2 == 0) return;
  const char bytes[] =
      "{}[]\",:0-\\ \x00\xC3"
      "Ae";
  text[random() % text.size()] = bytes[random() % (sizeof bytes - 1)];
}

}  // namespace

TEST_CASE("documents as they usually are need no second look") {
  const auto record = plain(
      R"({"customer_id":7,"consent":{"essential":true,"targeting":false},"decided_at":"2026-11-24T05:00:00Z","x":1})");
  REQUIRE(record);
  CHECK(record->customer.value() == 7);
  CHECK(to_string(record->choice) == "essential=allow targeting=deny");
  CHECK(consent::to_rfc3339(*record->decided_at) == "2026-11-24T05:00:00Z");
  CHECK(plain(R"({"customer_id":7,"allow":["analytics"],"deny":[]})"));
}

TEST_CASE("what is unusual, wrong or doubtful is left to the reader that knows everything") {
  for (const char* text :
       {R"({"customer_id":7})", R"({"customer_id":"7","allow":["analytics"]})",
        R"({"customer_id":7.0,"allow":["analytics"]})", R"({"customer_id":0,"allow":["analytics"]})",
        R"({"customer_id":7,"allow":["analytics"],"consent":{}})",
        R"({"customer_id":7,"allow":["analytics"],"allow":[]})", R"({"customer_id":7,"allow":["Analytics"]})",
        R"({"customer_id":7,"allow":["analytics"],"deny":["analytics"]})",
        R"({"customer_id":7,"consent":{"analytics":true,"analytics":true}})",
        R"({"customer_id":7,"allow":["analytics"]} x)",
        R"({"customer_id":7,"allow":["analytics"],"decided_at":"yesterday"})",
        R"([{"customer_id":7,"allow":["analytics"]}])",
        R"({"customer_id":7,"allow":["analytics"],"targeting":true})",
        R"({"customer_id":7,"allow":["analytics"],"x":[]})",
        "{\"customer_id\":7,\"allow\":[\"analytics\"],\"x\":\"\xFF\"}", ""}) {
    CAPTURE(text);
    CHECK_FALSE(plain(text));
  }
}

TEST_CASE("whatever is plain is what the reader that knows everything makes of it") {
  CAPTURE(seed);
  std::mt19937 random(seed);
  int were_plain = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = random_document(random);
    damage(text, random);
    CAPTURE(text);
    Reading reading(text);
    const std::optional<consent::Record> record = reading.plain();
    if (!record) continue;
    ++were_plain;
    const Row row = reading.whole();
    CHECK(row.problem.empty());
    CHECK(row.record == record);
  }
  CHECK(were_plain > 100);
}
