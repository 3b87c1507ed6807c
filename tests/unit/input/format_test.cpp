#include "format.hpp"

#include <doctest/doctest.h>

#include "files.hpp"
#include "readers.hpp"

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

namespace {

/// ASCII in UTF-16.
std::string utf16(std::string_view text, bool big_endian) {
  std::string wide;
  for (const char c : text) {
    if (big_endian) wide += '\0';
    wide += c;
    if (!big_endian) wide += '\0';
  }
  return wide;
}

ReaderOptions in(Encoding encoding) {
  ReaderOptions options;
  options.encoding = encoding;
  return options;
}

}  // namespace

TEST_CASE("UTF-16 is read by its byte order mark or by its name, and refused without either") {
  for (const bool big_endian : {false, true}) {
    const std::string plain = utf16(csv, big_endian);
    const std::string marked = (big_endian ? "\xFE\xFF" : "\xFF\xFE") + plain;
    const Encoding named = big_endian ? Encoding::utf16be : Encoding::utf16le;
    CHECK(rows_of("a.csv", marked).at(0).record);
    CHECK(rows_of("a.csv", marked, in(Encoding::utf16)).at(0).record);
    CHECK(rows_of("a.csv", marked, in(named)).at(0).record);
    CHECK(rows_of("a.csv", plain, in(named)).at(0).record);
    CHECK(rows_of("a.csv.gz", gzip(marked)).at(0).record);
    CHECK(file_error_of("a.csv", plain)
              .find(big_endian ? "input.encoding: utf-16be" : "input.encoding: utf-16le") !=
          std::string::npos);
    CHECK(file_error_of("a.csv", plain, in(Encoding::utf16)).find("no byte order mark") != std::string::npos);
    CHECK(file_error_of("a.csv", marked, in(Encoding::latin1)).find("another encoding") != std::string::npos);
    CHECK(file_error_of("a.csv", marked + "\x41").find("middle of a character") != std::string::npos);
    const std::string half_pair =
        big_endian ? std::string("\xD8\x00\x00\x41", 4) : std::string("\x00\xD8\x41\x00", 4);
    CHECK(file_error_of("a.csv", marked + half_pair).find("no character") != std::string::npos);
  }
}

TEST_CASE("Latin-1 and Windows-1252 are read where they are named, and are no UTF-8 where they are not") {
  const std::string content = "customer_id,allow,note\n1,analytics,caf\xE9\n2,analytics,\x80\n";
  const auto latin = rows_of("a.csv", content, in(Encoding::latin1));
  CHECK(latin.at(0).source == "1,analytics,caf\xC3\xA9");
  CHECK(latin.at(1).source == "2,analytics,\xC2\x80");
  CHECK(rows_of("a.csv", content, in(Encoding::windows1252)).at(1).source == "2,analytics,\xE2\x82\xAC");
  CHECK_FALSE(rows_of("a.csv", content).at(0).record);
  CHECK(
      file_error_of("a.csv", "customer_id,allow\n1,\x81\n", in(Encoding::windows1252)).find("at byte 20 ") !=
      std::string::npos);
  CHECK(file_error_of("a.csv", "customer_id,allow,\xE9\n").find("input.encoding") != std::string::npos);
}

TEST_CASE("an encoding is converted the same wherever reading stops") {
  std::string text = "customer_id,allow,note\n";
  for (int i = 1; i <= 3000; ++i) text += std::to_string(i) + ",analytics,\xE9\xFC\x80\n";
  const Files files;
  const std::string path = files.write("a.csv", text);
  const auto whole = read_all(*open_reader(path, in(Encoding::windows1252)));
  REQUIRE(whole.size() == 3000);
  for (const std::size_t chunk :
       {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{7}, std::size_t{1000}}) {
    const auto rows = read_all(*open_reader_by_chunks(path, in(Encoding::windows1252), chunk));
    REQUIRE(rows.size() == whole.size());
    for (std::size_t i = 0; i < rows.size(); ++i) REQUIRE(rows[i].source == whole[i].source);
  }
}

TEST_CASE("a file of another kind is named") {
  using namespace std::string_literals;
  const auto error = [](const std::string& content) { return file_error_of("a.csv", content); };
  CHECK(error("PK\x03\x04rest"s).find("xlsx") != std::string::npos);
  CHECK(error("\xD0\xCF\x11\xE0rest").find("xls") != std::string::npos);
  CHECK(error("%PDF-1.7").find("PDF") != std::string::npos);
  CHECK(error("\n<!DOCTYPE html>").find("web page") != std::string::npos);
  CHECK(error(gzip(gzip(csv))).find("compressed twice") != std::string::npos);
  CHECK(error("BZh91AY&SY").find("bzip2") != std::string::npos);
  CHECK(error("\xFD"
              "7zXZ\0rest"s)
            .find("xz") != std::string::npos);
}

TEST_CASE("an empty input is refused, in whatever wrapping") {
  for (const std::string& content : {std::string(), gzip(""), zstd(""), std::string("\xEF\xBB\xBF")}) {
    CHECK(file_error_of("a.csv", content).find("is empty") != std::string::npos);
    CHECK(file_error_of("a.ndjson", content).find("is empty") != std::string::npos);
  }
  CHECK(file_error_of("a.csv", "\n\n \n").find("no header row") != std::string::npos);
}
