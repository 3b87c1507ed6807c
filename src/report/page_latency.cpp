#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "chart.hpp"
#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

// On the logarithmic scale of the ledger's buckets, of which a doubling has 16. Several of them make a bar.
constexpr double buckets_a_doubling = 16.0;
constexpr double most_bars = 48;

double position_of(std::chrono::microseconds latency) {
  return std::log2(std::max(1.0, static_cast<double>(latency.count()))) * buckets_a_doubling;
}

std::chrono::microseconds latency_at(double position) {
  return std::chrono::microseconds(static_cast<std::int64_t>(std::exp2(position / buckets_a_doubling)));
}

/// Requests by how long they took, from one whole bar to another.
struct Spread {
  double first = 0;  ///< position where the first bar begins
  double a_bar = 1;  ///< buckets in one
  std::vector<std::uint64_t> bars;

  double begin_of(std::size_t bar) const { return first + a_bar * static_cast<double>(bar); }
  double share(double position) const {
    return (position - first) / (a_bar * static_cast<double>(bars.size()));
  }
};

/// The position where a bucket begins. Its bound belongs to it, and is rounded down.
double begin_of(const ledger::LatencyHistogram::Bucket& bucket) {
  return std::ceil(position_of(bucket.bound) - 0.01) - 1;
}

Spread spread_of(const ledger::LatencyHistogram& latency) {
  const auto buckets = latency.buckets();
  const double first = begin_of(buckets.front());
  const double last = std::max(begin_of(buckets.back()), first + buckets_a_doubling);
  Spread spread;
  spread.a_bar = std::ceil((last - first + 1) / most_bars);
  spread.first = (std::floor(first / spread.a_bar) - 1) * spread.a_bar;
  spread.bars.resize(static_cast<std::size_t>((last - spread.first) / spread.a_bar) + 2);
  for (const auto& bucket : buckets) {
    spread.bars[static_cast<std::size_t>((begin_of(bucket) - spread.first) / spread.a_bar)] += bucket.count;
  }
  return spread;
}

std::string span_words(const Spread& spread, std::size_t bar) {
  return fmt::format("{} to {}", latency_words(latency_at(spread.begin_of(bar))),
                     latency_words(latency_at(spread.begin_of(bar + 1))));
}

std::string tick_words(double ms) {
  return ms < 1000 ? fmt::format("{:g} ms", ms) : fmt::format("{:g} s", ms / 1000);
}

/// 1, 2, 3, 5, 7, 10 ... ms, as many as the scale has room for.
Html time_ticks(const Spread& spread) {
  Html html;
  double last_x = -100;
  for (std::chrono::microseconds power(100); power < std::chrono::hours(3); power *= 10) {
    for (const int step : {1, 2, 3, 5, 7}) {
      const std::chrono::microseconds latency = step * power;
      const double share = spread.share(position_of(latency));
      const double x = ChartPlane::x(share);
      if (share < 0 || share > 1 || x - last_x < 56) continue;
      html.add(ChartPlane::tick(x, tick_words(static_cast<double>(latency.count()) / 1000), "middle"));
      last_x = x;
    }
  }
  return html;
}

Html quantile_mark(const Spread& spread, std::chrono::microseconds latency, std::string_view word,
                   std::string_view anchor) {
  const double x = ChartPlane::x(std::clamp(spread.share(position_of(latency)), 0.0, 1.0));
  Html html;
  html.add(ChartPlane::rectangle("mark", x, ChartPlane::top - 4, 1,
                                 ChartPlane::height - ChartPlane::top - ChartPlane::bottom + 4));
  // Beside its mark, so that the words of two marks in one place do not touch.
  const double beside = anchor == "end" ? x - 4 : x + 5;
  html.markup("<text class=\"mark-word\" x=\"")
      .text(fmt::format("{:.1f}", beside))
      .markup("\" y=\"20\" text-anchor=\"");
  return html.text(anchor).markup("\">").text(word).markup("</text>\n");
}

Html chart(const ledger::LatencyHistogram& latency, const Spread& spread) {
  const ChartPlane plane(static_cast<double>(*std::ranges::max_element(spread.bars)));
  Html html = ChartPlane::begin(
      fmt::format("How long {} took, on a logarithmic scale; the table below has the numbers",
                  count_of(latency.count(), "answer", "answers")));
  html.add(plane.vertical_axis("Answers"));
  const double wide = (ChartPlane::x(1) - ChartPlane::x(0)) / static_cast<double>(spread.bars.size());
  for (std::size_t bar = 0; bar < spread.bars.size(); ++bar) {
    if (spread.bars[bar] == 0) continue;
    const double y = plane.y(static_cast<double>(spread.bars[bar]));
    const double x = ChartPlane::x(static_cast<double>(bar) / static_cast<double>(spread.bars.size()));
    html.markup("<g><title>").text(span_words(spread, bar)).text(": ").text(number(spread.bars[bar]));
    html.markup("</title>");
    html.add(ChartPlane::rectangle("used", x + 0.5, y, std::max(1.0, wide - 1), plane.y(0) - y));
    html.markup("</g>\n");
  }
  html.add(quantile_mark(spread, latency.quantile(0.50), "half", "end"));
  html.add(quantile_mark(spread, latency.quantile(0.95), "95 %", "start"));
  html.add(time_ticks(spread)).add(ChartPlane::horizontal_title("Request written to answer read"));
  return html.add(ChartPlane::end());
}

Html table(const Spread& spread) {
  Html html;
  html.markup(
      "<details>\n<summary>The same as a table</summary>\n<div class=\"scroll\" role=\"region\" "
      "aria-label=\"Latency\" tabindex=\"0\"><table class=\"compact\">\n<caption>Answers by how long they "
      "took</caption>\n<thead><tr><th scope=\"col\">Latency</th><th scope=\"col\" "
      "class=\"n\">Answers</th></tr></thead>\n<tbody>\n");
  for (std::size_t bar = 0; bar < spread.bars.size(); ++bar) {
    if (spread.bars[bar] == 0) continue;
    html.markup("<tr><th scope=\"row\">").text(span_words(spread, bar)).markup("</th><td class=\"n\">");
    html.text(number(spread.bars[bar])).markup("</td></tr>\n");
  }
  return html.markup("</tbody></table></div>\n</details>\n");
}

}  // namespace

Html latency_section(const ledger::LatencyHistogram& latency) {
  if (latency.count() == 0) return {};
  const Spread spread = spread_of(latency);
  Html html;
  html.markup("<h3>How long answers took</h3>\n<p>");
  html.text(fmt::format("Half of the {} came within {}, 95 % within {}, 99 % within {}; the slowest took {}.",
                        count_of(latency.count(), "answer", "answers"), latency_words(latency.quantile(0.50)),
                        latency_words(latency.quantile(0.95)), latency_words(latency.quantile(0.99)),
                        latency_words(latency.max())));
  html.markup("</p>\n");
  return html.add(chart(latency, spread)).add(table(spread));
}

}  // namespace consent_sync::report
