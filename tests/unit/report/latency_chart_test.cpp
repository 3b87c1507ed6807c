#include <doctest/doctest.h>

#include <consent_sync/report/report.hpp>

#include "page_sections.hpp"

using namespace consent_sync;

namespace {

std::size_t occurrences(const std::string& text, std::string_view words) {
  std::size_t count = 0;
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("answers that all took the same time are one bar, and the table has them all") {
  ledger::LatencyHistogram latency;
  for (int i = 0; i < 1200; ++i) latency.add(std::chrono::milliseconds(100));
  const std::string html = report::latency_section(latency).str();
  CHECK(occurrences(html, "class=\"used\"") == 1);
  CHECK(html.find("</th><td class=\"n\">1,200</td></tr>") != std::string::npos);
  CHECK(html.find(">100 ms</text>") != std::string::npos);
}

TEST_CASE("from a microsecond to an hour every answer is within the drawing") {
  ledger::LatencyHistogram latency;
  for (std::int64_t micros = 0; micros < 3'600'000'000; micros = micros * 3 / 2 + 1) {
    latency.add(std::chrono::microseconds(micros));
  }
  const std::string html = report::latency_section(latency).str();
  CHECK(occurrences(html, "class=\"used\"") <= 48);
  CHECK(html.find("nan") == std::string::npos);
  CHECK(html.find("width=\"-") == std::string::npos);
  CHECK(html.find(">1 s</text>") != std::string::npos);
}

TEST_CASE("without an answer there is no drawing") {
  CHECK(report::latency_section({}).empty());
}
