#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "page_sections.hpp"
#include "wording.hpp"

namespace consent_sync::report {
namespace {

// Of the drawing, in its own units.
constexpr double width = 720;
constexpr double height = 190;
constexpr double left = 52;
constexpr double right = 8;
constexpr double top = 10;
constexpr double bottom = 24;

double per_window(std::uint64_t sum, const QuotaStretch& stretch) {
  return static_cast<double>(sum) / static_cast<double>(stretch.windows);
}

/// 1, 2 or 5 times a power of ten: the least such that three steps reach `most`.
double axis_step(double most) {
  const double third = std::max(most / 3, 1.0);
  const double power = std::pow(10, std::floor(std::log10(third)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power >= third) return step * power;
  }
  return 10 * power;
}

/// Where things lie in the drawing.
class Plane {
 public:
  explicit Plane(const QuotaDigest& quota) : bars_(static_cast<double>(quota.stretches().size())) {
    double most = 1;
    for (const QuotaStretch& stretch : quota.stretches()) {
      most = std::max(
          {most, per_window(stretch.offered, stretch), per_window(stretch.used + stretch.others, stretch)});
    }
    step_ = axis_step(most);
    most_ = std::ceil(most / step_) * step_;
  }

  double x(std::size_t bar) const { return left + (width - left - right) * static_cast<double>(bar) / bars_; }
  double y(double requests) const { return top + (height - top - bottom) * (1 - requests / most_); }
  double bar_width() const { return std::min(40.0, (width - left - right) / bars_ * 0.8); }
  double step() const { return step_; }
  double most() const { return most_; }

 private:
  double bars_;
  double step_ = 1;
  double most_ = 1;
};

std::string clock_words(consent::Timestamp time) {
  const std::string text = consent::to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  return text.substr(11, 8) + " UTC";
}

void add_axes(Html& html, const Plane& plane, const QuotaDigest& quota) {
  for (double requests = 0; requests <= plane.most(); requests += plane.step()) {
    const std::string y = fmt::format("{:.1f}", plane.y(requests));
    html.markup("<line class=\"grid\" x1=\"52\" x2=\"712\" y1=\"").text(y).markup("\" y2=\"").text(y);
    html.markup("\"/><text x=\"46\" y=\"").text(fmt::format("{:.1f}", plane.y(requests) + 4));
    html.markup("\" text-anchor=\"end\">").text(number(static_cast<std::uint64_t>(requests)));
    html.markup("</text>\n");
  }
  html.markup("<text x=\"52\" y=\"186\">").text(clock_words(quota.all().begin)).markup("</text>");
  html.markup("<text x=\"712\" y=\"186\" text-anchor=\"end\">")
      .text(clock_words(quota.all().end))
      .markup("</text>\n");
}

void add_rectangle(Html& html, std::string_view css_class, double x, double y, double wide, double high) {
  html.markup("<rect class=\"").text(css_class).markup("\" x=\"").text(fmt::format("{:.1f}", x));
  html.markup("\" y=\"").text(fmt::format("{:.1f}", y)).markup("\" width=\"");
  html.text(fmt::format("{:.1f}", wide)).markup("\" height=\"").text(fmt::format("{:.1f}", high));
  html.markup("\"/>");
}

void add_bar(Html& html, const Plane& plane, std::size_t position, const QuotaStretch& stretch) {
  const double used = per_window(stretch.used, stretch);
  const double others = per_window(stretch.others, stretch);
  const double x = plane.x(position);
  const double wide = plane.bar_width();
  html.markup("<g><title>")
      .text(fmt::format("{}: {:.0f} used of {:.0f} offered a window, others {:.0f}, 429: {}",
                        clock_words(stretch.begin), used, per_window(stretch.offered, stretch), others,
                        stretch.throttled))
      .markup("</title>");
  add_rectangle(html, "used", x, plane.y(used), wide, plane.y(0) - plane.y(used));
  if (others > 0)
    add_rectangle(html, "others", x, plane.y(used + others), wide, plane.y(used) - plane.y(used + others));
  add_rectangle(html, "offered", x - 1, plane.y(per_window(stretch.offered, stretch)) - 1, wide + 2, 2);
  if (stretch.throttled > 0) add_rectangle(html, "throttled", x, plane.y(0) + 2, wide, 4);
  html.markup("</g>\n");
}

Html chart(const QuotaDigest& quota) {
  const Plane plane(quota);
  Html html;
  html.markup(
      "<svg class=\"chart\" viewBox=\"0 0 720 190\" role=\"img\" aria-label=\"Requests in each window of the "
      "quota; the table below has the numbers\">\n");
  add_axes(html, plane, quota);
  for (std::size_t n = 0; n < quota.stretches().size(); ++n) add_bar(html, plane, n, quota.stretches()[n]);
  return html.markup("</svg>\n");
}

Html legend(const QuotaDigest& quota) {
  const std::uint64_t windows = quota.stretches().front().windows;
  Html html;
  html.markup("<p class=\"note legend\">Requests a window. ");
  if (windows > 1)
    html.text(fmt::format("Each bar is the average of {} windows. ", number(windows)));
  else
    html.text("Each bar is a window. ");
  html.markup(
      "<span class=\"key used\"></span> this run <span class=\"key offered\"></span> offered by the store");
  if (quota.all().others > 0) html.markup(" <span class=\"key others\"></span> other clients, at least");
  if (quota.all().throttled > 0) html.markup(" <span class=\"key throttled\"></span> with a 429");
  return html.markup("</p>\n");
}

Html table(const QuotaDigest& quota) {
  Html html;
  html.markup(
      "<details>\n<summary>As a table</summary>\n<div class=\"scroll compact\" role=\"region\" "
      "aria-label=\"Quota by window\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">From</th>"
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
  html.markup("<h3>The store's quota, window by window</h3>\n<p>");
  html.text(whole_windows_words(quota.whole())).markup("</p>\n");
  html.add(chart(quota)).add(legend(quota)).add(table(quota));
  return html;
}

}  // namespace consent_sync::report
