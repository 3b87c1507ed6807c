#include "chart.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "wording.hpp"

namespace consent_sync::report {
namespace {

/// 1, 2 or 5 times a power of ten: the least such that four steps reach `most`.
double axis_step(double most) {
  const double quarter = std::max(most / 4, 1.0);
  const double power = std::pow(10, std::floor(std::log10(quarter)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power >= quarter) return step * power;
  }
  return 10 * power;
}

std::string coordinate(double value) {
  return fmt::format("{:.1f}", value);
}

void add_text(Html& html, std::string_view css_class, double x, double y, std::string_view anchor,
              std::string_view text) {
  html.markup("<text class=\"").text(css_class).markup("\" x=\"").text(coordinate(x)).markup("\" y=\"");
  html.text(coordinate(y)).markup("\" text-anchor=\"").text(anchor).markup("\">").text(text);
  html.markup("</text>\n");
}

}  // namespace

ChartPlane::ChartPlane(double most) : step_(axis_step(most)) {
  most_ = std::max(step_, std::ceil(most / step_) * step_);
}

Html ChartPlane::begin(std::string_view description) {
  Html html;
  html.markup("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Chart\">");
  html.markup("<svg class=\"chart\" viewBox=\"0 0 720 220\" role=\"img\" aria-label=\"");
  return html.text(description).markup("\">\n");
}

Html ChartPlane::vertical_axis(std::string_view title) const {
  Html html;
  add_text(html, "title", 0, 12, "start", title);
  for (int line = 0; line * step_ <= most_; ++line) {
    const double value = line * step_;
    html.markup("<line class=\"grid\" x1=\"56\" x2=\"708\" y1=\"").text(coordinate(y(value)));
    html.markup("\" y2=\"").text(coordinate(y(value))).markup("\"/>");
    add_text(html, "", left - 8, y(value) + 4, "end", number(static_cast<std::uint64_t>(value)));
  }
  return html;
}

Html ChartPlane::horizontal_title(std::string_view title) {
  Html html;
  add_text(html, "title", width - right, height - 4, "end", title);
  return html;
}

Html ChartPlane::tick(double x, std::string_view word, std::string_view anchor) {
  Html html;
  add_text(html, "", x, height - bottom + 16, anchor, word);
  return html;
}

Html ChartPlane::rectangle(std::string_view css_class, double x, double y, double wide, double high) {
  Html html;
  html.markup("<rect class=\"").text(css_class).markup("\" x=\"").text(coordinate(x));
  html.markup("\" y=\"").text(coordinate(y)).markup("\" width=\"").text(coordinate(wide));
  return html.markup("\" height=\"").text(coordinate(high)).markup("\"/>");
}

Html ChartPlane::end() {
  return Html().markup("</svg></div>\n");
}

}  // namespace consent_sync::report
