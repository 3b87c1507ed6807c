#pragma once

#include <consent_sync/input/inspection.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// Counts what occurs, as far as it has few forms.
class Findings {
 public:
  explicit Findings(std::size_t most) : most_(most) {}

  void add(std::string_view what, consent::LineNumber line);

  /// Something was not counted, since there are too many forms.
  bool overflowed() const { return overflowed_; }

  /// The most frequent first, and of those the first in the file.
  std::vector<Finding> sorted() const;

 private:
  std::size_t most_;
  std::map<std::string, Finding, std::less<>> found_;
  bool overflowed_ = false;
};

}  // namespace consent_sync::input
