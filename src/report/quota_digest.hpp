#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// A stretch of windows of the store's quota that follow each other. Counts are sums over them.
struct QuotaStretch {
  std::uint64_t windows = 0;
  consent::Timestamp begin{};
  consent::Timestamp end{};
  std::uint64_t offered = 0;
  std::uint64_t budget = 0;
  std::uint64_t used = 0;
  std::uint64_t throttled = 0;
  std::uint64_t others = 0;

  void add(const QuotaStretch& later);
};

/// What a run made of the store's quota, window by window; of a long run, stretch by stretch. Memory does not
/// grow with the windows.
class QuotaDigest {
 public:
  /// In order.
  void add(const ledger::WindowUse& use);

  bool empty() const { return all_.windows == 0; }
  const QuotaStretch& all() const { return all_; }
  /// Only the windows in which the run was sending from begin to end: what its pace is to be judged by.
  const QuotaStretch& whole() const { return whole_; }
  /// At most 120, all of the same number of windows but for the last.
  const std::vector<QuotaStretch>& stretches() const { return stretches_; }

  /// Used of what was offered, 0 to 1: in whole windows, or in all if none was. Nothing without a window.
  std::optional<double> used_share() const;

 private:
  static constexpr std::size_t most_stretches = 120;

  QuotaStretch all_;
  QuotaStretch whole_;
  std::vector<QuotaStretch> stretches_;
  std::uint64_t windows_a_stretch_ = 1;
};

}  // namespace consent_sync::report
