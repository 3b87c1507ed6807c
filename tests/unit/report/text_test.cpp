#include <doctest/doctest.h>

#include <stdexcept>

#include "csv.hpp"
#include "html.hpp"
#include "utf8.hpp"
#include "wording.hpp"

using namespace consent_sync::report;
using namespace std::chrono_literals;

TEST_CASE("text that is UTF-8 stays as it is, and each byte that is not becomes one replacement character") {
  CHECK(clean_utf8("Zoë 漢字 🙂") == "Zoë 漢字 🙂");
  CHECK(clean_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(clean_utf8("\xC3") == "\xEF\xBF\xBD");                                  // cut
  CHECK(clean_utf8("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  CHECK(clean_utf8("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
  CHECK(clean_utf8("\xF4\x8F\xBF\xBF") == "\xF4\x8F\xBF\xBF");                  // U+10FFFF
  CHECK(clean_utf8("\xF4\x90\x80\x80").find('\xF4') == std::string::npos);
}

TEST_CASE("text is cut between characters") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("aëë", 2) == "a…");
  CHECK(shortened("aëë", 3) == "aë…");
}

TEST_CASE("a cell is quoted when it has to be") {
  CHECK(csv_cell("plain text") == "plain text");
  CHECK(csv_cell("") == "");
  CHECK(csv_cell("a,b") == "\"a,b\"");
  CHECK(csv_cell("say \"no\"") == "\"say \"\"no\"\"\"");
  CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
  CHECK(csv_cell(" edge") == "\" edge\"");
}

TEST_CASE("text that a spreadsheet would run is made inert, and stays on one line") {
  CHECK(csv_text_cell("=HYPERLINK(\"http://x\")") == "\"'=HYPERLINK(\"\"http://x\"\")\"");
  CHECK(csv_text_cell("+1") == "'+1");
  CHECK(csv_text_cell("-1") == "'-1");
  CHECK(csv_text_cell("@SUM(A1)") == "'@SUM(A1)");
  CHECK(csv_text_cell("\t=1") == "' =1");
  CHECK(csv_text_cell("\r=1") == "' =1");
  CHECK(csv_text_cell("not = a formula") == "not = a formula");
  CHECK(csv_text_cell("two\r\nlines") == "two  lines");
}

TEST_CASE("a cell that is inert already gets another apostrophe, so that one can be taken away again") {
  CHECK(inert("'=1") == "''=1");
  CHECK(inert("'tis") == "'tis");
  CHECK(inert("''") == "''");
  CHECK(inert("") == "");
}

TEST_CASE("a line is split into the texts of its cells") {
  using Cells = std::vector<std::string>;
  CHECK(split_csv_line("") == Cells{""});
  CHECK(split_csv_line("1,,3") == Cells{"1", "", "3"});
  CHECK(split_csv_line("\"a,b\",\"say \"\"x,y\"\"\",c") == Cells{"a,b", "say \"x,y\"", "c"});
  CHECK(split_csv_line("a,\"cut, here") == Cells{"a", "cut, here"});
}

TEST_CASE("whatever is put into a page as text comes out as text") {
  CHECK(Html().text("<script>alert('x')</script>").str() ==
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  CHECK(Html().markup("<i>").text("\" & \x01\x7F").markup("</i>").str() ==
        "<i>&quot; &amp; \xEF\xBF\xBD\xEF\xBF\xBD</i>");
}

TEST_CASE("a template takes each piece once it is named, and does not look into pieces") {
  const Html hostile = Html().text("{{b}}");
  CHECK(fill_template("1{{a}}2{{b}}3", {{"a", hostile}, {"b", Html().text("B")}}) == "1{{b}}2B3");
  CHECK_THROWS_AS(fill_template("{{c}}", {}), std::logic_error);
  CHECK_THROWS_AS(fill_template("", {{"a", hostile}}), std::logic_error);
}

TEST_CASE("a policy names content by the base64 of its SHA-256") {
  CHECK(csp_hash("") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST_CASE("numbers are worded for people") {
  CHECK(number(0) == "0");
  CHECK(number(999) == "999");
  CHECK(number(1000) == "1,000");
  CHECK(number(12345678) == "12,345,678");
  CHECK(count_of(1, "row", "rows") == "1 row");
  CHECK(count_of(0, "row", "rows") == "0 rows");
  CHECK(duration_words(840ms) == "0.8 s");
  CHECK(duration_words(59s) == "59 s");
  CHECK(duration_words(252s) == "4 min 12 s");
  CHECK(duration_words(2h + 5min + 59s) == "2 h 5 min");
  CHECK(latency_words(420us) == "0.4 ms");
  CHECK(latency_words(112ms) == "112 ms");
  CHECK(size_words(812) == "812 bytes");
  CHECK(size_words(1234567) == "1.2 MB");
  CHECK(sentence("it stopped") == "It stopped.");
  CHECK(sentence("it stopped.") == "It stopped.");
  CHECK(sentence("") == "");
  CHECK(sentence("store.token_file: it is empty") == "store.token_file: it is empty.");
  CHECK(sentence("in.csv is gone") == "in.csv is gone.");
  CHECK(sentence("stopped.") == "Stopped.");
}
