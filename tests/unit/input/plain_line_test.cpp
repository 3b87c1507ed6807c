#include <csv.h>
#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "csv_rows.hpp"
#include "seed.hpp"

using namespace consent_sync::input;

namespace {

using Fields = std::optional<std::vector<std::string>>;  // nothing: no row

/// What libcsv makes of one line.
Fields by_libcsv(const std::string& line, char delimiter) {
  struct Seen {
    std::vector<std::string> fields;
    bool row = false;
  } seen;
  csv_parser parser{};
  REQUIRE(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
  csv_set_delim(&parser, static_cast<unsigned char>(delimiter));
  const auto on_field = [](void* text, std::size_t size, void* all) {
    static_cast<Seen*>(all)->fields.emplace_back(static_cast<const char*>(text), size);
  };
  const auto on_row = [](int, void* all) { static_cast<Seen*>(all)->row = true; };
  REQUIRE(csv_parse(&parser, line.data(), line.size(), on_field, on_row, &seen) == line.size());
  REQUIRE(csv_fini(&parser, on_field, on_row, &seen) == 0);
  csv_free(&parser);
  if (!seen.row) return std::nullopt;
  return seen.fields;
}

Fields by_us(const std::string& line, char delimiter) {
  CsvFields fields;
  const PlainLine plain = cut_plain_line(line, delimiter, fields);
  REQUIRE(plain != PlainLine::quoted);
  if (plain == PlainLine::blank) return std::nullopt;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < fields.size(); ++i) all.emplace_back(fields[i]);
  CHECK(fields.joined() == line);
  return all;
}

}  // namespace

TEST_CASE("every short line without quotation marks is cut as libcsv cuts it") {
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const std::string alphabet = std::string(",;\t ax") + '\0';
    std::size_t count = 1;
    for (std::size_t length = 0; length <= 6; ++length) {
      for (std::size_t number = 0; number < count; ++number) {
        std::string line;
        for (std::size_t rest = number, i = 0; i < length; ++i, rest /= alphabet.size())
          line += alphabet[rest % alphabet.size()];
        const Fields ours = by_us(line, delimiter);
        if (ours == by_libcsv(line, delimiter)) continue;
        CAPTURE(line);
        FAIL("cut otherwise");
      }
      count *= alphabet.size();
    }
  }
}

TEST_CASE("random lines of any bytes but quotation marks and line ends are cut as libcsv cuts them") {
  INFO("seed ", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20000; ++round) {
    std::string line;
    for (std::size_t left = random() % 200; left > 0; --left) {
      const char byte = random() % 3 == 0 ? ",; \t"[random() % 4] : static_cast<char>(random() % 256);
      if (byte != '"' && byte != '\r' && byte != '\n') line += byte;
    }
    for (const char delimiter : {',', ';', '\t', '|'})
      REQUIRE(by_us(line, delimiter) == by_libcsv(line, delimiter));
  }
}

TEST_CASE("fields are the whole line unless something around them was left out") {
  const auto are_the_line = [](std::string_view line) {
    CsvFields fields;
    REQUIRE(cut_plain_line(line, ',', fields) == PlainLine::row);
    return fields.are_the_line();
  };
  CHECK(are_the_line("a"));
  CHECK(are_the_line("a,,b,"));
  CHECK(are_the_line("a b,c"));
  CHECK_FALSE(are_the_line(" a,b"));
  CHECK_FALSE(are_the_line("a,b "));
  CHECK_FALSE(are_the_line("a, ,b"));
}

TEST_CASE("a line with a quotation mark anywhere is left to libcsv") {
  for (const std::string line : {"\"", "a,\"b\"", "a\",b", " \"a\"", "a,b\""}) {
    CsvFields fields;
    CHECK(cut_plain_line(line, ',', fields) == PlainLine::quoted);
    CHECK(fields.size() == 0);
  }
}

TEST_CASE("a line is noted as ASCII only if it is all of that") {
  const auto is_ascii = [](const std::string& line) {
    CsvFields fields;
    REQUIRE(cut_plain_line(line, ',', fields) == PlainLine::row);
    return fields.are_ascii();
  };
  CHECK(is_ascii("a,b\x7F"));
  CHECK_FALSE(is_ascii("a,\x80"));
  CHECK_FALSE(is_ascii("a,caf\xC3\xA9"));
  CHECK_FALSE(is_ascii(std::string("a,\0", 3)));
}
