#include "quota_digest.hpp"

#include <doctest/doctest.h>

#include <consent_sync/report/report.hpp>

#include "report_fixture.hpp"

using namespace consent_sync;
using namespace std::chrono_literals;
using report::QuotaDigest;

namespace {

ledger::WindowUse window(std::int64_t position, std::uint64_t used, bool whole = true) {
  return {at("2026-11-24T05:00:00Z") + position * 30s, 30s, 150, 135, used, 0, 3, whole};
}

}  // namespace

TEST_CASE("the share of the quota is judged by whole windows, or by all if none was whole") {
  QuotaDigest quota;
  CHECK_FALSE(quota.used_share());
  quota.add(window(0, 15, false));
  CHECK(*quota.used_share() == doctest::Approx(0.1));
  quota.add(window(1, 135));
  quota.add(window(2, 15, false));
  CHECK(*quota.used_share() == doctest::Approx(0.9));
  CHECK(quota.all().windows == 3);
  CHECK(quota.whole().windows == 1);
}

TEST_CASE("a long run keeps its sums in at most 120 stretches of equal length, in order") {
  QuotaDigest quota;
  constexpr std::uint64_t windows = 100'003;
  std::uint64_t used = 0;
  for (std::uint64_t n = 0; n < windows; ++n) {
    quota.add(window(static_cast<std::int64_t>(n), n % 136));
    used += n % 136;
  }
  CHECK(quota.stretches().size() <= 120);
  CHECK(quota.stretches().size() >= 60);
  report::QuotaStretch sum;
  for (std::size_t n = 0; n < quota.stretches().size(); ++n) {
    const report::QuotaStretch& stretch = quota.stretches()[n];
    if (n > 0) CHECK(stretch.begin == quota.stretches()[n - 1].end);
    if (n + 1 < quota.stretches().size()) CHECK(stretch.windows == quota.stretches().front().windows);
    sum.add(stretch);
  }
  CHECK(sum.windows == windows);
  CHECK(sum.used == used);
  CHECK(sum.offered == windows * 150);
  CHECK(sum.others == windows * 3);
  CHECK(quota.all().used == used);
}

TEST_CASE("windows.csv has a line for each window, and the page a drawing with the same numbers as a table") {
  LedgerStory story;
  story.windows = {window(0, 10, false), window(1, 134), window(2, 135)};
  story.windows[1].throttled = 1;
  const auto directory =
      report::write_report(story.ledger(), story.tell(example_run(), every_outcome(), 1), story.report_dir());
  CHECK(lines_of(read_file(directory / "windows.csv")) ==
        std::vector<std::string>{"begin,length_ms,quota,budget,used,throttled,others,whole",
                                 "2026-11-24T05:00:00Z,30000,150,135,10,0,3,false",
                                 "2026-11-24T05:00:30Z,30000,150,135,134,1,3,true",
                                 "2026-11-24T05:01:00Z,30000,150,135,135,0,3,true"});
  const std::string page = read_file(directory / "report.html");
  CHECK(page.find("In 2 whole windows the run used 269 of the 270 requests that were its share (99.6 %); the "
                  "store offered 300, of which other clients took 6 at least.") != std::string::npos);
  CHECK(page.find("05:00:30 UTC: 134 of 150 requests offered a window; other clients 3; 1 answered 429") !=
        std::string::npos);
  CHECK(page.find(
            "<tr><th scope=\"row\">05:00:30</th><td class=\"n\">1</td><td class=\"n\">150</td>"
            "<td class=\"n\">135</td><td class=\"n\">134</td><td class=\"n\">3</td><td class=\"n\">1</td>") !=
        std::string::npos);
}

TEST_CASE("a store without a quota has no drawing, and windows.csv only its header") {
  LedgerStory story;
  const auto directory =
      report::write_report(story.ledger(), story.tell(example_run(), every_outcome(), 1), story.report_dir());
  CHECK(lines_of(read_file(directory / "windows.csv")).size() == 1);
  CHECK(read_file(directory / "report.html").find("Requests over time") == std::string::npos);
}
