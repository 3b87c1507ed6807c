#pragma once

#include <cstdint>
#include <string_view>

#include "html.hpp"

namespace consent_sync::report {

/// The plane of a chart with one vertical axis that begins at 0, in the drawing's own units. Charts are
/// inline SVG of one size; the style colours them.
class ChartPlane {
 public:
  static constexpr double width = 720;
  static constexpr double height = 220;
  static constexpr double left = 56;
  static constexpr double right = 12;
  static constexpr double top = 28;
  static constexpr double bottom = 40;

  /// `most`: the greatest value to be drawn.
  explicit ChartPlane(double most);

  /// Of a share (0 to 1) of the horizontal axis.
  static double x(double share) { return left + (width - left - right) * share; }
  double y(double value) const { return top + (height - top - bottom) * (1 - value / most_); }

  static Html begin(std::string_view description);
  /// The grid, the numbers beside it, and what they count.
  Html vertical_axis(std::string_view title) const;
  static Html horizontal_title(std::string_view title);
  /// A word under the horizontal axis; `anchor`: start, middle or end.
  static Html tick(double x, std::string_view word, std::string_view anchor);
  static Html rectangle(std::string_view css_class, double x, double y, double wide, double high);
  static Html end();

 private:
  double step_;
  double most_;
};

}  // namespace consent_sync::report
