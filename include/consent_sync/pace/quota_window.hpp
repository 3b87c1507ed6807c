#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include <consent_sync/pace/other_clients.hpp>
#include <consent_sync/pace/quota_reading.hpp>
#include <consent_sync/pace/second_opinion.hpp>
#include <consent_sync/pace/window_use.hpp>

namespace consent_sync::pace {

/// How our share is spread over the quota's window.
enum class Shape : std::uint8_t {
  even,   ///< from one end to the other, as the API asks for
  burst,  ///< as soon as the window turns
};

/// What we believe about the store's quota window: how many units are left in it, when it is refilled, and
/// when our next unit is due. Pure; `now` never goes back. Used by Pacer, which adds what else holds a
/// request back.
///
/// - Units are counted twice: our own departures, and the `left` of the replies. What the store has counted
///   beyond our own went to other clients; what they are to be expected to draw until the refill is not ours.
/// - The refill happens between `departed + reset` and `arrival + reset`. We keep the narrowest such interval
///   over the replies and act on its late end: nothing leaves for a window that has not begun.
/// - The share is spent a little before the window ends (by the longest round trip seen of late): no unit
///   arrives in the next window and is missing in this one.
/// - A request without a reply counts as spent: the store may have counted it.
/// - Another quota, another length and a refill at another time are believed once two replies in a row tell
///   them; that nothing is left, at once.
class QuotaWindow {
 public:
  /// `share` of the quota that is ours, above 0 up to 1.
  QuotaWindow(double share, Shape shape) : share_(share), shape_(shape) {}

  /// When the next unit may leave; `now` or earlier: at once; TimePoint::max(): not before a reply. Replies
  /// move it: ask again after each.
  TimePoint next_departure(TimePoint now);

  void on_departure(TimePoint now);
  void on_reply(TimePoint departed, TimePoint now, const QuotaReading& reading);
  /// 429 with rate headers: nothing is left in the window that counted it.
  void on_refusal(TimePoint departed, TimePoint now, const QuotaReading& reading);
  void on_lost(TimePoint departed, TimePoint now);

  std::optional<std::int64_t> quota() const;
  std::optional<Duration> window() const;
  /// Units of a window that are ours; 0 while no quota is known.
  std::int64_t budget() const;

  /// Windows that are over since the last call, in order; those in which nothing left are missing.
  std::vector<WindowUse> take_ended();
  /// The present window as if it ended here; nothing if nothing left in it.
  std::optional<WindowUse> present() const;

 private:
  enum class Knowledge : std::uint8_t { none, unlimited, limited };
  enum class Period : std::uint8_t { past, present, unclear };

  // When the refill is: not before `from`, and not after `by`.
  struct Refill {
    TimePoint from;
    TimePoint by;
    bool overlaps(const Refill& other) const { return from <= other.by && by >= other.from; }
  };

  struct InFlight {
    TimePoint departed;
    std::int64_t number = 0;  // of our units in the window, in the order of departure
    std::int64_t ahead = 0;   // how many of ours were under way when it left
  };

  TimePoint next_slot() const;
  bool others_may_leave_nothing(TimePoint slot) const;
  double units_for_us() const;
  Duration guard() const;
  Duration margin() const;

  void roll(TimePoint now);
  void turn(std::int64_t periods);
  std::optional<InFlight> take_in_flight(TimePoint departed);
  void begin(TimePoint departed, TimePoint now, const CheckedReading& reading);
  void learn_quota(TimePoint departed, const CheckedReading& reading);
  void learn_length(const CheckedReading& reading);
  Period learn_refill(TimePoint departed, TimePoint now, const CheckedReading& reading);
  void learn_left(const InFlight& answered, const CheckedReading& reading);
  void uncount(std::int64_t number);

  double share_;
  Shape shape_;
  Knowledge knowledge_ = Knowledge::none;

  std::int64_t quota_ = 0;
  TimePoint quota_told_to_{};  // departure of the newest request that told the quota
  Duration length_{};
  Refill refill_{};                 // the end of the present window
  std::int64_t own_ = 0;            // our units that the store has counted in it or may yet
  std::int64_t counted_early_ = 0;  // of ours in the next one already, by replies that are not believed yet
  TimePoint slot_{};                // when our last unit was due
  bool nothing_left_ = false;       // the store said so; until the refill
  OtherClients others_;
  std::deque<InFlight> in_flight_;  // departures without a reply; all of them are counted in own_
  Duration round_trip_{};           // the longest in this window,
  Duration round_trip_before_{};    // and in the one before

  SecondOpinion<std::int64_t> other_quota_;
  SecondOpinion<Duration> other_length_;
  SecondOpinion<Refill> other_refill_;

  WindowUse use_;  // of the present window
  std::vector<WindowUse> ended_;
};

}  // namespace consent_sync::pace
