#include "simulation.hpp"

#include <algorithm>
#include <queue>

namespace consent_sync::pace::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

const TimePoint start = TimePoint{} + std::chrono::hours(5);

struct Event {
  enum class Kind : std::uint8_t { wake, arrive, reply, lose, foreign };
  Duration at;
  std::uint64_t order;
  Kind kind;
  Duration departed{};
  QuotaReading reading{};
  bool refused = false;

  bool operator<(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
};

class Simulation {
 public:
  explicit Simulation(const Scenario& scenario)
      : scenario_(scenario),
        random_(scenario.seed),
        pacer_(PacerOptions{scenario.share, scenario.max_requests_per_second}) {
    open_window(-scenario.phase);
  }

  Outcome run() {
    push(Event::Kind::wake, Duration::zero());
    if (scenario_.foreign_per_second > 0) push(Event::Kind::foreign, next_foreign());
    while (!events_.empty() && events_.top().at < scenario_.run_for) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      handle(event);
    }
    return std::move(outcome_);
  }

 private:
  void handle(const Event& event) {
    switch (event.kind) {
      case Event::Kind::wake:
        waking_ = false;
        break;
      case Event::Kind::arrive:
        arrive(event);
        return;
      case Event::Kind::foreign:
        draw_foreign();
        return;
      case Event::Kind::reply:
        reply(event);
        break;
      case Event::Kind::lose:
        --busy_;
        pacer_.on_lost(start + event.departed, start + now_);
        break;
    }
    dispatch();
  }

  void dispatch() {
    while (!waking_ && busy_ < scenario_.workers) {
      const TimePoint next = pacer_.next_departure(start + now_);
      if (next <= start + now_) {
        depart();
        continue;
      }
      waking_ = true;
      push(Event::Kind::wake, (next - start) + part_of(scenario_.oversleep));
    }
  }

  void depart() {
    pacer_.on_departure(start + now_);
    outcome_.departures.push_back(now_);
    if (!replied_) ++outcome_.most_before_first_reply;
    if (now_ < forbidden_until_) ++outcome_.early_after_429;
    ++busy_;
    const Duration there = latency() / 2;
    if (chance(scenario_.lost)) {
      Event event = make(Event::Kind::lose, now_ + there * 2);
      event.departed = now_;
      events_.push(event);
      if (chance(0.5)) return;
      Event unheard = make(Event::Kind::arrive, now_ + there);
      unheard.departed = Duration::min();
      events_.push(unheard);
      return;
    }
    Event event = make(Event::Kind::arrive, now_ + there);
    event.departed = now_;
    events_.push(event);
  }

  void arrive(const Event& event) {
    roll();
    WindowCount& window = outcome_.windows.back();
    const bool refused = left() <= 0;
    if (refused) {
      ++window.refused;
      ++outcome_.refused;
      if (event.departed >= refused_heard_at_ && refused_heard_at_ > Duration::zero() && !accepted_since_) {
        ++outcome_.refused_twice;
      }
    } else {
      ++window.ours;
      if (event.departed >= refused_heard_at_) accepted_since_ = true;
    }
    if (event.departed == Duration::min()) return;
    Event answer = make(Event::Kind::reply, now_ + latency() / 2);
    answer.departed = event.departed;
    answer.refused = refused;
    answer.reading.window_ms = duration_cast<milliseconds>(scenario_.window).count();
    answer.reading.reset_ms = duration_cast<milliseconds>(window.begin + scenario_.window - now_).count();
    answer.reading.quota = scenario_.quota(now_);
    answer.reading.left = left();
    scenario_.spoil(answer.reading, random_);
    events_.push(answer);
  }

  void reply(const Event& event) {
    --busy_;
    replied_ = true;
    const TimePoint departed = start + event.departed;
    if (!event.refused) {
      pacer_.on_reply(departed, start + now_, event.reading);
      return;
    }
    pacer_.on_quota_spent(departed, start + now_, event.reading, part());
    refused_heard_at_ = now_;
    accepted_since_ = false;
    if (event.reading.reset_ms) forbidden_until_ = now_ + milliseconds(*event.reading.reset_ms);
  }

  void draw_foreign() {
    roll();
    if (left() > 0) ++outcome_.windows.back().foreign;
    push(Event::Kind::foreign, now_ + next_foreign());
  }

  void roll() {
    const Duration end = outcome_.windows.back().begin + scenario_.window;
    if (now_ < end) {
      outcome_.windows.back().quota = scenario_.quota(now_);
      return;
    }
    const Duration whole = (now_ - end) / scenario_.window * scenario_.window;
    open_window(scenario_.window_starts_with_first_request ? now_ : end + whole);
  }

  void open_window(Duration begin) {
    WindowCount window;
    window.begin = begin;
    window.quota = scenario_.quota(now_);
    outcome_.windows.push_back(window);
  }

  std::int64_t left() const {
    const WindowCount& window = outcome_.windows.back();
    return std::max<std::int64_t>(0, scenario_.quota(now_) - window.ours - window.foreign);
  }

  double part() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  bool chance(double probability) { return probability > 0 && part() < probability; }
  Duration part_of(Duration whole) { return duration_cast<Duration>(whole * part()); }
  Duration latency() {
    return scenario_.least_latency + part_of(scenario_.most_latency - scenario_.least_latency);
  }
  Duration next_foreign() {
    std::exponential_distribution<double> gap(scenario_.foreign_per_second);
    return duration_cast<Duration>(std::chrono::duration<double>(gap(random_)));
  }

  Event make(Event::Kind kind, Duration at) { return Event{at, order_++, kind}; }
  void push(Event::Kind kind, Duration at) { events_.push(make(kind, at)); }

  const Scenario& scenario_;
  std::mt19937_64 random_;
  Pacer pacer_;
  Outcome outcome_;
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  Duration now_{};
  std::size_t busy_ = 0;
  bool waking_ = false;
  bool replied_ = false;
  bool accepted_since_ = true;
  Duration refused_heard_at_{};
  Duration forbidden_until_{};
};

}  // namespace

Outcome simulate(const Scenario& scenario) {
  return Simulation(scenario).run();
}

}  // namespace consent_sync::pace::test
