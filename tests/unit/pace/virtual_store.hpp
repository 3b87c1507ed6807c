#pragma once

#include <deque>

#include "simulation.hpp"

namespace consent_sync::pace::test {

inline double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The store of a scenario: its window, its other clients, and what it answers. Time only goes forward.
class VirtualStore {
 public:
  enum class Status : std::uint8_t { ok, spent, overloaded, down };

  struct Reply {
    Status status = Status::ok;
    QuotaReading reading;    ///< empty without a quota, and when overloaded or down
    std::size_t window = 0;  ///< index into windows()
  };

  VirtualStore(const Scenario& scenario, Random& random);

  /// A request of ours arrives; `at_store`: how many of ours it holds with this one.
  Reply answer(Duration now, int at_store);
  /// Others' units by the mean of the last five seconds, a second.
  double others_rate(Duration now);
  std::size_t window_at(Duration now);

  std::vector<WindowCount>& windows() { return windows_; }

 private:
  struct App {
    OtherApp what;
    Duration next;
    Duration switches;
    bool on = true;
  };

  void advance(Duration now);
  void draw_for(App& app, Duration now);
  void roll(Duration now);
  void open_window(Duration begin, Duration now);
  std::int64_t left(Duration now) const;
  Duration exponential(double mean_seconds);

  const Scenario& scenario_;
  Random& random_;
  std::vector<WindowCount> windows_;
  std::vector<App> apps_;
  std::deque<Duration> drawn_;  // by others, of late
  double rate_tokens_ = 1;
  Duration rate_counted_at_{};
};

}  // namespace consent_sync::pace::test
