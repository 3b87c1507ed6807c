#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include <consent_sync/sandbox/counters.hpp>

namespace consent_sync::sandbox {

/// What the four X-Rate-Limit-* headers say.
struct QuotaView {
  std::int64_t window_ms = 0;
  std::int64_t reset_ms = 0;
  std::int64_t quota = 0;
  std::int64_t left = 0;
};

/// A fixed quota window: the first request opens it, and the next ones follow without a gap.
class QuotaWindow {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// A quota of 0 is none: everything is granted.
  QuotaWindow(std::int64_t quota, std::chrono::milliseconds length);

  /// One request. False if the quota is spent; then it costs nothing.
  bool charge(TimePoint now);
  /// Other apps take units, as far as there are any.
  void drain(std::int64_t units, TimePoint now);

  bool limited() const { return quota_ > 0; }
  void set_quota(std::int64_t quota) { quota_ = quota; }
  QuotaView view(TimePoint now) const;
  const std::vector<WindowUse>& history() const { return history_; }

 private:
  std::int64_t window_at(TimePoint now) const;
  std::int64_t left_in(std::int64_t window) const;
  WindowUse& use_at(TimePoint now);

  std::int64_t quota_;
  std::chrono::milliseconds length_;
  bool opened_ = false;
  TimePoint opened_at_;
  std::vector<WindowUse> history_;
};

}  // namespace consent_sync::sandbox
