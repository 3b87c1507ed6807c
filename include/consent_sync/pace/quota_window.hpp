#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <consent_sync/pace/quota_reading.hpp>

namespace consent_sync::pace {

/// What we believe about the store's quota window: how many units are left in it, when it is refilled, and
/// when our next unit is due so that our share is spread evenly. Pure; `now` never goes back. Used by Pacer,
/// which adds the own cap and the holds.
///
/// - Units are counted twice: our own departures, and the `left` of the replies. What the store has counted
///   beyond our own went to other clients.
/// - The refill happens between `departed + reset` and `arrival + reset`. We keep the narrowest such interval
///   over the replies and act on its late end: nothing leaves for a window that has not begun.
/// - The share is spent a little before the window ends (by the longest round trip seen of late): no unit
///   arrives in the next window and is missing in this one.
/// - A request without a reply counts as spent: the store may have counted it.
class QuotaWindow {
 public:
  /// `share` of the quota that is ours, above 0 up to 1.
  explicit QuotaWindow(double share) : share_(share) {}

  /// When the next unit may leave; `now` or earlier: at once. Replies can move it: ask again
  /// after waiting.
  TimePoint next_departure(TimePoint now) const;

  void on_departure(TimePoint now);
  void on_reply(TimePoint departed, TimePoint now, const QuotaReading& reading);
  void on_lost(TimePoint departed, TimePoint now);

  std::optional<std::int64_t> quota() const;
  std::optional<Duration> window() const;
  /// Units of a window that are ours; 0 while no quota is known.
  std::int64_t budget() const;

 private:
  enum class Knowledge : std::uint8_t { none, unlimited, limited };
  enum class Period : std::uint8_t { past, present, unclear };

  // The window that a moment falls into. Meaningful once `limited`.
  struct Window {
    TimePoint reset_from;         // the refill is not before this,
    TimePoint reset_by;           // and not after this
    std::int64_t own = 0;         // our units that the store has counted in it or may yet
    std::int64_t foreign = 0;     // units of other clients, at least
    double foreign_before = 0;    // the same, of the window before
    std::int64_t least_left = 0;  // the smallest `left` reported
    TimePoint read_at;            // departure of the newest request whose reply is counted above
    TimePoint slot;               // when our last unit was due
  };

  Window window_at(TimePoint now) const;
  Window next_window(const Window& current, std::int64_t periods) const;
  double units_for_us(const Window& window) const;
  double foreign_to_come(const Window& window) const;
  TimePoint next_slot(const Window& window) const;
  Duration guard() const;
  Duration margin() const;
  std::int64_t in_flight() const { return static_cast<std::int64_t>(in_flight_.size()); }

  void roll(TimePoint now);
  bool forget(TimePoint departed);
  void begin(TimePoint departed, TimePoint now, const CheckedReading& reading);
  void learn_quota(TimePoint departed, const CheckedReading& reading);
  Period learn_window(TimePoint departed, TimePoint now, const CheckedReading& reading);
  void learn_left(std::int64_t left);

  double share_;
  Knowledge knowledge_ = Knowledge::none;
  std::int64_t quota_ = 0;
  Duration length_{};
  TimePoint quota_told_to_{};  // departure of the newest request that told the quota
  Window window_;
  std::vector<TimePoint> in_flight_;  // departures without a reply; all of them are counted in window_.own
  Duration round_trip_{};             // the longest in this window,
  Duration round_trip_before_{};      // and in the one before
};

}  // namespace consent_sync::pace
