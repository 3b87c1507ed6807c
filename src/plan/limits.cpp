#include <consent_sync/plan/limits.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <string_view>
#include <vector>

namespace consent_sync::plan {
namespace {

/// Gathers the limits that a plan exceeds, in words.
class Findings {
 public:
  explicit Findings(std::string_view for_this) : for_this_(for_this) {}

  void at_most(std::string_view key, std::uint64_t found, std::string_view what,
               std::optional<std::uint64_t> limit) {
    if (!limit || found <= *limit) return;
    add(key, fmt::format("{} {}, but {} is {}", found, what, setting(key), *limit), fmt::format("{}", found));
  }

  void at_least(std::string_view key, std::uint64_t found, std::string_view what, std::uint64_t limit) {
    if (found >= limit) return;
    add(key, fmt::format("only {} {}, but {} is {}", found, what, setting(key), limit),
        fmt::format("{}", found));
  }

  void share_at_most(std::string_view key, std::uint64_t part, std::uint64_t whole, std::string_view what,
                     std::optional<double> limit) {
    if (!limit || whole == 0) return;
    const double share = static_cast<double>(part) / static_cast<double>(whole);
    if (share <= *limit) return;
    // Rounded up, so that the value named here does let the plan pass.
    const double passing = std::ceil(share * 10'000.0) / 10'000.0;
    add(key,
        fmt::format("{} of {} {} (a ratio of {}), but {} is {}", part, whole, what, passing, setting(key),
                    *limit),
        fmt::format("{}", passing));
  }

  std::optional<std::string> sentence() const {
    if (findings_.empty()) return std::nullopt;
    return fmt::format("{}", fmt::join(findings_, "; "));
  }

 private:
  static std::string setting(std::string_view key) { return fmt::format("safety.{}", key); }

  void add(std::string_view key, const std::string& finding, const std::string& passing) {
    std::string flag(key);
    for (char& c : flag) {
      if (c == '_') c = '-';
    }
    findings_.push_back(fmt::format("{} (if this is right, {}{}--safety-{}={} lets it pass)", finding,
                                    for_this_, for_this_.empty() ? "" : " ", flag, passing));
  }

  std::string_view for_this_;
  std::vector<std::string> findings_;
};

}  // namespace

std::optional<std::string> exceeded(const PlanTotals& totals, const Limits& limits,
                                    std::string_view for_this) {
  Findings findings(for_this);
  findings.at_least("min_rows", totals.rows, "rows were read", limits.min_rows);
  findings.share_at_most("max_invalid_ratio", totals.invalid, totals.rows, "rows are invalid",
                         limits.max_invalid_ratio);
  findings.at_most("max_changes", totals.changes, "changes are planned", limits.max_changes);
  findings.share_at_most("max_change_ratio", totals.changes, totals.customers, "customers would be changed",
                         limits.max_change_ratio);
  findings.at_most("max_withdrawals", totals.withdrawals, "planned changes take a consent away",
                   limits.max_withdrawals);
  findings.at_most("max_grants", totals.grants, "planned changes grant a consent", limits.max_grants);
  return findings.sentence();
}

}  // namespace consent_sync::plan
