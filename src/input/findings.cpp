#include "findings.hpp"

#include <algorithm>

namespace consent_sync::input {

void Findings::add(std::string_view what, consent::LineNumber line) {
  auto found = found_.find(what);
  if (found == found_.end()) {
    if (found_.size() == most_) {
      overflowed_ = true;
      return;
    }
    found = found_.emplace(std::string(what), Finding{std::string(what), 0, line}).first;
  }
  ++found->second.count;
}

std::vector<Finding> Findings::sorted() const {
  std::vector<Finding> all;
  for (const auto& [what, finding] : found_) all.push_back(finding);
  std::sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
    return a.count != b.count ? a.count > b.count : a.first_line < b.first_line;
  });
  return all;
}

}  // namespace consent_sync::input
