#include "virtual_store.hpp"

#include <algorithm>

namespace consent_sync::pace::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

}  // namespace

VirtualStore::VirtualStore(const Scenario& scenario, Random& random) : scenario_(scenario), random_(random) {
  open_window(-scenario.phase, Duration::zero());
  for (const OtherApp& what : scenario.others) {
    App app{what, exponential(1 / what.per_second), exponential(in_seconds(what.mean_on)), true};
    if (what.mean_off > Duration::zero() && random_() % 2 == 0) app.on = false;
    apps_.push_back(app);
  }
}

Duration VirtualStore::exponential(double mean_seconds) {
  std::exponential_distribution<double> distribution(1 / mean_seconds);
  return duration_cast<Duration>(std::chrono::duration<double>(distribution(random_)));
}

std::int64_t VirtualStore::left(Duration now) const {
  const WindowCount& window = windows_.back();
  return std::max<std::int64_t>(0, scenario_.quota(now) - window.ours - window.others);
}

void VirtualStore::open_window(Duration begin, Duration now) {
  WindowCount window;
  window.begin = begin;
  window.quota = scenario_.quota(now);
  windows_.push_back(window);
}

void VirtualStore::roll(Duration now) {
  const Duration end = windows_.back().begin + scenario_.window;
  if (now >= end) {
    const Duration whole = (now - end) / scenario_.window * scenario_.window;
    open_window(scenario_.window_starts_with_first_request ? now : end + whole, now);
  }
  windows_.back().quota = scenario_.quota(now);
}

void VirtualStore::draw_for(App& app, Duration now) {
  if (app.what.mean_off > Duration::zero() && app.next >= app.switches && app.switches <= now) {
    app.on = !app.on;
    const Duration from = app.switches;
    app.switches = from + exponential(in_seconds(app.on ? app.what.mean_on : app.what.mean_off));
    app.next = from + exponential(1 / app.what.per_second);
    return;
  }
  if (app.on) {
    roll(app.next);
    for (int unit = 0; unit < app.what.at_once && left(app.next) > 0; ++unit) {
      ++windows_.back().others;
      drawn_.push_back(app.next);
    }
  }
  app.next += exponential(1 / app.what.per_second);
}

void VirtualStore::advance(Duration now) {
  const auto due = [](const App& app) {
    return app.what.mean_off > Duration::zero() ? std::min(app.next, app.switches) : app.next;
  };
  while (!apps_.empty()) {
    const auto first = std::min_element(apps_.begin(), apps_.end(),
                                        [&](const App& a, const App& b) { return due(a) < due(b); });
    if (due(*first) > now) break;
    draw_for(*first, now);
  }
  roll(now);
}

double VirtualStore::others_rate(Duration now) {
  advance(now);
  const Duration memory = std::chrono::seconds(5);
  while (!drawn_.empty() && drawn_.front() < now - memory) drawn_.pop_front();
  return static_cast<double>(drawn_.size()) / in_seconds(memory);
}

std::size_t VirtualStore::window_at(Duration now) {
  advance(now);
  return windows_.size() - 1;
}

VirtualStore::Reply VirtualStore::answer(Duration now, int at_store) {
  advance(now);
  if (scenario_.is_down(now)) return {Status::down, {}, windows_.size() - 1};
  if (scenario_.overloaded_beyond && at_store > *scenario_.overloaded_beyond)
    return {Status::overloaded, {}, windows_.size() - 1};
  if (scenario_.overloaded_beyond_rate) {
    rate_tokens_ += in_seconds(now - rate_counted_at_) * *scenario_.overloaded_beyond_rate;
    rate_tokens_ = std::min(rate_tokens_, std::max(2.0, *scenario_.overloaded_beyond_rate / 2));
    rate_counted_at_ = now;
    if (rate_tokens_ < 1) return {Status::overloaded, {}, windows_.size() - 1};
    rate_tokens_ -= 1;
  }
  WindowCount& window = windows_.back();
  const std::int64_t quota = scenario_.quota(now);
  if (quota == 0) {
    ++window.ours;
    return {Status::ok, {}, windows_.size() - 1};
  }
  const bool refused = left(now) <= 0;
  ++(refused ? window.refused : window.ours);
  const Duration reset = window.begin + scenario_.window - now;
  QuotaReading reading{duration_cast<milliseconds>(scenario_.window).count(),
                       duration_cast<milliseconds>(reset).count(), quota, left(now)};
  if (!refused) scenario_.spoil(reading, random_);
  return {refused ? Status::spent : Status::ok, reading, windows_.size() - 1};
}

}  // namespace consent_sync::pace::test
