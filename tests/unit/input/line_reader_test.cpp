#include "line_reader.hpp"

#include <doctest/doctest.h>

#include "files.hpp"

using namespace consent_sync::input;

namespace {

struct Seen {
  consent_sync::consent::LineNumber number;
  std::string text;
  std::string whole;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> lines_of(const std::string& path, std::size_t chunk) {
  const auto bytes = open_bytes(path);
  LineReader reader(*bytes, chunk);
  std::vector<Seen> seen;
  for (Line line; reader.next(line);) {
    seen.push_back({line.number, std::string(line.text), std::string(line.whole)});
  }
  return seen;
}

}  // namespace

TEST_CASE("lines end with LF, CR LF or CR, wherever the chunks of reading end") {
  const Files files;
  const std::string path = files.write("mixed", "a\nbb\r\nccc\rdd\n\n\r\n\r\r\nlast");
  const std::vector<Seen> expected{{1, "a", "a\n"},   {2, "bb", "bb\r\n"}, {3, "ccc", "ccc\r"},
                                   {4, "dd", "dd\n"}, {5, "", "\n"},       {6, "", "\r\n"},
                                   {7, "", "\r"},     {8, "", "\r\n"},     {9, "last", "last"}};
  for (std::size_t chunk = 1; chunk < 30; ++chunk) {
    CAPTURE(chunk);
    CHECK(lines_of(path, chunk) == expected);
  }
}

TEST_CASE("a CR as the very last byte ends its line") {
  const Files files;
  const std::string path = files.write("cr", "a\rb\r");
  CHECK(lines_of(path, 1) == std::vector<Seen>{{1, "a", "a\r"}, {2, "b", "b\r"}});
}

TEST_CASE("of a line that is too long only the start is given, and the next line is whole") {
  const Files files;
  for (const char* end : {"\n", "\r\n", "\r"}) {
    for (const std::size_t excess : {0U, 1U, 5000U}) {
      const std::string path =
          files.write("long", std::string(max_row_bytes + excess, 'x') + end + "next" + end);
      const auto bytes = open_bytes(path);
      LineReader reader(*bytes, 1000);
      Line line;
      REQUIRE(reader.next(line));
      CHECK(line.too_long == (excess > 0));
      CHECK(line.text.size() == max_row_bytes);
      REQUIRE(reader.next(line));
      CHECK(line.number == 2);
      CHECK(line.text == "next");
      CHECK_FALSE(line.too_long);
      CHECK_FALSE(reader.next(line));
    }
  }
}

TEST_CASE("peeking takes nothing away") {
  const Files files;
  const auto bytes = open_bytes(files.write("peek", "one\ntwo\n"));
  LineReader reader(*bytes, 2);
  CHECK(reader.peek() == "one\ntwo\n");
  reader.skip(1);
  Line line;
  REQUIRE(reader.next(line));
  CHECK(line.text == "ne");
}
