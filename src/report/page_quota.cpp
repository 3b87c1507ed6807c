#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "chart.hpp"
#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

double per_window(std::uint64_t sum, const QuotaStretch& stretch) {
  return static_cast<double>(sum) / static_cast<double>(stretch.windows);
}

double most_in_a_window(const QuotaDigest& quota) {
  double most = 1;
  for (const QuotaStretch& stretch : quota.stretches()) {
    most = std::max(
        {most, per_window(stretch.offered, stretch), per_window(stretch.used + stretch.others, stretch)});
  }
  return most;
}

std::string clock_words(consent::Timestamp time) {
  const std::string text = consent::to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  return text.substr(11, 8);
}

std::string description_of(const QuotaStretch& stretch) {
  std::string words =
      fmt::format("{} UTC: {:.0f} of {:.0f} requests offered a window", clock_words(stretch.begin),
                  per_window(stretch.used, stretch), per_window(stretch.offered, stretch));
  if (stretch.others > 0) words += fmt::format("; other clients {:.0f}", per_window(stretch.others, stretch));
  if (stretch.throttled > 0) words += fmt::format("; {} answered 429", stretch.throttled);
  return words;
}

/// Where the bar of a stretch stands: the axis has a place of the same width for each.
class Bars {
 public:
  explicit Bars(std::size_t count) : count_(static_cast<double>(count)) {}

  double middle(std::size_t bar) const { return ChartPlane::x((static_cast<double>(bar) + 0.5) / count_); }
  double width() const {
    return std::min(40.0, (ChartPlane::width - ChartPlane::left - ChartPlane::right) / count_ * 0.8);
  }

 private:
  double count_;
};

void add_bar(Html& html, const ChartPlane& plane, double middle, double wide, const QuotaStretch& stretch) {
  const double used = per_window(stretch.used, stretch);
  const double others = per_window(stretch.others, stretch);
  const double x = middle - wide / 2;
  html.markup("<g><title>").text(description_of(stretch)).markup("</title>");
  html.add(ChartPlane::rectangle("used", x, plane.y(used), wide, plane.y(0) - plane.y(used)));
  if (others > 0) {
    html.add(ChartPlane::rectangle("others", x, plane.y(used + others), wide,
                                   plane.y(used) - plane.y(used + others)));
  }
  const double offered = plane.y(per_window(stretch.offered, stretch));
  html.add(ChartPlane::rectangle("offered", x - 1, offered - 1, wide + 2, 2));
  if (stretch.throttled > 0) html.add(ChartPlane::rectangle("throttled", x, plane.y(0) + 2, wide, 4));
  html.markup("</g>\n");
}

Html time_ticks(const QuotaDigest& quota, const Bars& bars) {
  const auto& stretches = quota.stretches();
  const std::size_t every = std::max<std::size_t>(1, (stretches.size() + 5) / 6);
  Html html;
  for (std::size_t n = 0; n < stretches.size(); n += every) {
    html.add(ChartPlane::tick(bars.middle(n), clock_words(stretches[n].begin), "middle"));
  }
  return html;
}

Html chart(const QuotaDigest& quota) {
  const ChartPlane plane(most_in_a_window(quota));
  const Bars bars(quota.stretches().size());
  Html html = ChartPlane::begin("Requests in each window of the quota; the table below has the numbers");
  html.add(plane.vertical_axis("Requests a window"));
  for (std::size_t n = 0; n < quota.stretches().size(); ++n) {
    add_bar(html, plane, bars.middle(n), bars.width(), quota.stretches()[n]);
  }
  html.add(time_ticks(quota, bars)).add(ChartPlane::horizontal_title("Begin of the window, UTC"));
  return html.add(ChartPlane::end());
}

Html legend(const QuotaDigest& quota) {
  const std::uint64_t windows = quota.stretches().front().windows;
  Html html;
  html.markup("<p class=\"legend\">");
  html.markup(
      "<span class=\"key used\"></span> sent by this run <span class=\"key offered\"></span> offered by the "
      "store");
  if (quota.all().others > 0)
    html.markup(" <span class=\"key others\"></span> sent by other clients, at least");
  if (quota.all().throttled > 0) html.markup(" <span class=\"key throttled\"></span> with a 429");
  if (windows > 1) html.text(fmt::format(". Each bar is the average of {} windows", number(windows)));
  return html.markup("</p>\n");
}

Html table(const QuotaDigest& quota) {
  Html html;
  html.markup(
      "<details>\n<summary>The same as a table</summary>\n<div class=\"scroll\" role=\"region\" "
      "aria-label=\"Quota by window\" tabindex=\"0\"><table class=\"compact\">\n"
      "<caption>Windows of the store's quota; times are UTC</caption>\n<thead><tr><th scope=\"col\">From</th>"
      "<th scope=\"col\" class=\"n\">Windows</th><th scope=\"col\" class=\"n\">Offered</th>"
      "<th scope=\"col\" class=\"n\">This run's share</th><th scope=\"col\" class=\"n\">Used</th>"
      "<th scope=\"col\" class=\"n\">Others, at least</th><th scope=\"col\" "
      "class=\"n\">429</th></tr></thead>\n"
      "<tbody>\n");
  for (const QuotaStretch& stretch : quota.stretches()) {
    html.markup("<tr><th scope=\"row\">").text(clock_words(stretch.begin)).markup("</th>");
    for (const std::uint64_t count : {stretch.windows, stretch.offered, stretch.budget, stretch.used,
                                      stretch.others, stretch.throttled}) {
      html.markup("<td class=\"n\">").text(number(count)).markup("</td>");
    }
    html.markup("</tr>\n");
  }
  return html.markup("</tbody></table></div>\n</details>\n");
}

std::string whole_windows_words(const QuotaStretch& whole) {
  if (whole.windows == 0) return "The run was over before a whole window had passed.";
  std::string words = fmt::format(
      "In {} the run used {} of the {} requests that were its share ({:.1f} %); the store offered {}",
      count_of(whole.windows, "whole window", "whole windows"), number(whole.used), number(whole.budget),
      100.0 * static_cast<double>(whole.used) / static_cast<double>(std::max<std::uint64_t>(1, whole.budget)),
      number(whole.offered));
  if (whole.others > 0)
    words += fmt::format(", of which other clients took {} at least", number(whole.others));
  return words + ".";
}

}  // namespace

Html quota_section(const QuotaDigest& quota) {
  if (quota.empty()) return {};
  Html html;
  html.markup("<h3>Requests over time, against the store's quota</h3>\n<p>");
  html.text(whole_windows_words(quota.whole())).markup("</p>\n");
  html.add(chart(quota)).add(legend(quota)).add(table(quota));
  return html;
}

}  // namespace consent_sync::report
