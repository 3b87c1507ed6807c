#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include <consent_sync/pace/quota_reading.hpp>
#include <consent_sync/pace/quota_window.hpp>
#include <consent_sync/pace/spacing.hpp>

namespace consent_sync::pace {

struct PacerOptions {
  double share = 0.9;                             ///< of the store's quota that is ours, above 0 up to 1
  std::optional<double> max_requests_per_second;  ///< an own cap, above 0; nothing: none
};

/// When may the next request leave? A model of the store's quota window, fed by each reply; requests are
/// spread evenly over it. Pure: time comes in as a parameter and never goes back by itself (an earlier `now`
/// counts as the latest seen). Not thread-safe.
class Pacer {
 public:
  explicit Pacer(PacerOptions options);

  /// When the next request may leave: `now` or earlier means at once. Reserves nothing; replies can move it,
  /// so ask again after waiting. Before the first reply only one request is let out; the answer for others is
  /// to ask again shortly.
  TimePoint next_departure(TimePoint now) const;

  /// A request leaves now. Call only when next_departure(now) <= now.
  void on_departure(TimePoint now);

  /// A reply came to a request that left at `departed`. In any order.
  void on_reply(TimePoint departed, TimePoint now, const QuotaReading& reading);

  /// A request that left got no reply.
  void on_lost(TimePoint departed, TimePoint now);

  /// A 429 with rate headers: nothing leaves before the reset, plus `jitter01` (0 up to 1) of a small margin.
  void on_quota_spent(TimePoint departed, TimePoint now, const QuotaReading& reading, double jitter01);

  /// Nothing leaves before `until`: backoff of the whole store. Never shortens a hold.
  void hold(TimePoint until);

  /// What the store last offered: requests a window, and the window. Nothing: unlimited or not known yet.
  std::optional<std::int64_t> quota() const;
  std::optional<Duration> window() const;

  /// The rate we may keep up, in requests a second; nothing without a quota or a cap.
  std::optional<double> sustained_rate() const;

 private:
  TimePoint latest(TimePoint now) const { return std::max(now, latest_); }

  QuotaWindow window_;
  std::optional<Spacing> cap_;
  TimePoint held_until_{};
  TimePoint latest_{};
};

}  // namespace consent_sync::pace
