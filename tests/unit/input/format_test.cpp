#include "format.hpp"

#include <doctest/doctest.h>

#include "files.hpp"

using namespace consent_sync::input;

namespace {

Format format_of(const std::string& name, std::string_view content, const ReaderOptions& options = {}) {
  const Files files;
  return open_reader(files.write(name, content), options)->format();
}

constexpr std::string_view csv = "customer_id,allow\n1,analytics\n";
constexpr std::string_view json = "{\"customer_id\":1,\"allow\":[\"analytics\"]}\n";

}  // namespace

TEST_CASE("the format is told by the name") {
  CHECK(format_of_name("a.csv") == Format::csv);
  CHECK(format_of_name("a.TSV") == Format::csv);
  CHECK(format_of_name("dir.csv/a.ndjson.gz") == Format::ndjson);
  CHECK(format_of_name("a.jsonl.zst") == Format::ndjson);
  CHECK(format_of_name("a.txt") == Format::automatic);
  CHECK(format_of_name("-") == Format::automatic);
  CHECK(format_of_name(".gz") == Format::automatic);
}

TEST_CASE("the format is told by the content where the name does not tell") {
  CHECK(format_of("a.txt", csv) == Format::csv);
  CHECK(format_of("a.txt", json) == Format::ndjson);
  CHECK(format_of("a.txt", " \n\t" + std::string(json)) == Format::ndjson);
  CHECK(format_of("a", gzip(json)) == Format::ndjson);
  CHECK(format_of("a", "\xEF\xBB\xBF" + std::string(json)) == Format::ndjson);
}

TEST_CASE("a format that is set counts above all") {
  CHECK(format_of("a.csv", json, {Format::ndjson, '\0'}) == Format::ndjson);
}

TEST_CASE("a UTF-8 byte order mark is dropped") {
  CHECK(rows_of("a.csv", "\xEF\xBB\xBF" + std::string(csv)).at(0).record);
  CHECK(rows_of("a.csv", "\xEF\xBB\xBF\"customer_id\",allow\n1,analytics\n").at(0).record);
  CHECK(rows_of("a.jsonl", "\xEF\xBB\xBF" + std::string(json)).at(0).record);
}

TEST_CASE("UTF-16 is refused with the way out") {
  for (const std::string_view mark : {"\xFF\xFE", "\xFE\xFF"}) {
    const std::string error = file_error_of("a.csv", std::string(mark) + "c");
    CHECK(error.find("a.csv is UTF-16; convert it to UTF-8") != std::string::npos);
  }
  using namespace std::string_literals;
  CHECK(file_error_of("a.csv", "c\0,\0a\0\n\0"s).find("convert the file to UTF-8") != std::string::npos);
  CHECK(file_error_of("a.csv", "customer_id,allow,\xE9\n").find("convert the file to UTF-8") !=
        std::string::npos);
}

TEST_CASE("an empty input is refused, in whatever wrapping") {
  for (const std::string& content : {std::string(), gzip(""), zstd(""), std::string("\xEF\xBB\xBF")}) {
    CHECK(file_error_of("a.csv", content).find("is empty") != std::string::npos);
    CHECK(file_error_of("a.ndjson", content).find("is empty") != std::string::npos);
  }
  CHECK(file_error_of("a.csv", "\n\n \n").find("no header row") != std::string::npos);
}
