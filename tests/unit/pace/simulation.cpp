#include "simulation.hpp"

#include <algorithm>
#include <queue>

#include "virtual_store.hpp"

namespace consent_sync::pace::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using Status = VirtualStore::Status;

const TimePoint run_start = TimePoint{} + std::chrono::hours(5);

struct Event {
  enum class Kind : std::uint8_t { wake, arrive, reply };
  Duration at;
  std::uint64_t order;
  Kind kind;
  std::size_t request;  // of a wake: which sleep

  bool operator<(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
};

// One request of ours on its way.
struct Request {
  Duration departed;
  Duration latency;
  Duration back;
  bool is_heard = true;
  double expected_left = 0;  // for it, by what had been heard when it left; the others' draw since is unknown
  Duration heard_of{};       // the store's time of that news
  std::size_t heard_window = 0;
  VirtualStore::Reply reply{};
};

class Simulation {
 public:
  explicit Simulation(const Scenario& scenario)
      : scenario_(scenario), random_(scenario.seed), pacer_(scenario.pacer), store_(scenario, random_) {
    outcome_.least_limit = pacer_.concurrency();
  }

  Outcome run() {
    dispatch();
    while (!events_.empty() && events_.top().at < scenario_.run_for && !outcome_.gave_up_at) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      handle(event);
    }
    store_.window_at(scenario_.run_for);
    outcome_.windows = store_.windows();
    collect_accounts();
    if (const auto last = pacer_.present_window()) outcome_.accounts.push_back(*last);
    outcome_.last_limit = pacer_.concurrency();
    return std::move(outcome_);
  }

 private:
  void handle(const Event& event) {
    switch (event.kind) {
      case Event::Kind::wake:
        if (event.request == sleep_) dispatch();
        return;
      case Event::Kind::arrive:
        return arrive(event.request);
      case Event::Kind::reply:
        reply(requests_[event.request]);
        return dispatch();
    }
  }

  // What Gate does: sleeps until the instant it is told, and asks again after each answer.
  void dispatch() {
    ++sleep_;
    while (busy_ < static_cast<std::size_t>(scenario_.pacer.connections)) {
      const TimePoint next = pacer_.next_departure(run_start + now_);
      const TimePoint latest = pacer_.gives_up_at();
      if (latest <= run_start + now_) {
        outcome_.gave_up_at = now_;
        return;
      }
      if (next > run_start + now_) {
        wake_at(std::min(next, latest));
        return;
      }
      depart();
    }
    free_since_.reset();
  }

  void wake_at(TimePoint moment) {
    if (!free_since_) free_since_ = now_;
    if (moment == TimePoint::max()) return;
    push(Event::Kind::wake, (moment - run_start) + part_of(scenario_.oversleep), sleep_);
  }

  void depart() {
    note_withheld();
    pacer_.on_departure(run_start + now_);
    collect_accounts();
    outcome_.departures.push_back(now_);
    if (!replied_at_) ++outcome_.most_before_first_reply;
    if (now_ < forbidden_until_) ++outcome_.early_after_429;
    outcome_.most_in_flight = std::max(outcome_.most_in_flight, ++busy_);
    Request request{now_, latency(), {}};
    request.expected_left = heard_left_ - static_cast<double>(departed_since_heard_++);
    request.heard_of = heard_of_;
    request.heard_window = heard_window_;
    request.back = duration_cast<Duration>(request.latency * (0.2 + 0.6 * part()));
    request.is_heard = !chance(scenario_.lost);
    const bool arrives = request.is_heard || chance(0.5);
    requests_.push_back(request);
    if (arrives) push(Event::Kind::arrive, now_ + request.latency - request.back, requests_.size() - 1);
    if (!request.is_heard) push(Event::Kind::reply, now_ + request.latency, requests_.size() - 1);
    now_ += std::chrono::nanoseconds(1);  // no two leave at the same instant
  }

  void arrive(std::size_t index) {
    Request& request = requests_[index];
    request.reply = store_.answer(now_, ++at_store_);
    if (request.reply.status == Status::spent) judge_refusal(request);
    count(request);
    if (request.is_heard)
      push(Event::Kind::reply, now_ + request.back, index);
    else
      --at_store_;
  }

  // Could it have been known that nothing was left? Others' draw since the last news is foreseeable as far as
  // it goes on as of late.
  void judge_refusal(const Request& request) {
    const double others = store_.others_rate(now_) * in_seconds(now_ - request.heard_of);
    const bool heard = request.heard_window == request.reply.window;
    if (!heard || request.expected_left - others < 1) ++store_.windows()[request.reply.window].avoidable;
  }

  void count(const Request& request) {
    const Status status = request.reply.status;
    if (status == Status::spent) ++outcome_.refused;
    if (status == Status::overloaded) ++outcome_.overloaded;
    if (status == Status::down) ++outcome_.down;
    if (status != Status::spent && status != Status::overloaded) {
      if (request.departed >= heard_429_at_) well_since_429_ = true;
    } else if (request.departed >= heard_429_at_ && !well_since_429_) {
      ++outcome_.consecutive_429;
    }
  }

  void reply(const Request& request) {
    --busy_;
    const TimePoint departed = run_start + request.departed;
    if (!request.is_heard) {
      pacer_.on_answer(departed, run_start + now_, Answer{Sign::failing, std::nullopt, std::nullopt}, part());
      return;
    }
    --at_store_;
    if (!replied_at_) replied_at_ = now_;
    const QuotaReading& reading = request.reply.reading;
    const Duration latency = now_ - request.departed;
    switch (request.reply.status) {
      case Status::ok:
        hear(request);
        pacer_.on_answer(departed, run_start + now_, Answer{Sign::well, reading, latency}, part());
        break;
      case Status::spent:
        forbidden_until_ = now_ + milliseconds(*reading.reset_ms);
        hear_429();
        pacer_.on_answer(departed, run_start + now_, Answer{Sign::spent, reading, latency}, part());
        break;
      case Status::overloaded:
        hear_429();
        pacer_.on_answer(departed, run_start + now_, Answer{Sign::overloaded, QuotaReading{}, latency},
                         part());
        break;
      case Status::down:
        pacer_.on_answer(departed, run_start + now_, Answer{Sign::down, QuotaReading{}, latency}, part());
        break;
    }
    collect_accounts();
    outcome_.least_limit = std::min(outcome_.least_limit, pacer_.concurrency());
  }

  void hear(const Request& request) {
    const Duration at_store = request.departed + request.latency - request.back;
    if (at_store < heard_of_ || !request.reply.reading.left) return;
    heard_of_ = at_store;
    heard_window_ = request.reply.window;
    heard_left_ = static_cast<double>(*request.reply.reading.left);
    departed_since_heard_ = std::count_if(
        outcome_.departures.rbegin(),
        outcome_.departures.rbegin() +
            static_cast<std::ptrdiff_t>(std::min<std::size_t>(outcome_.departures.size(), busy_ + 1)),
        [&](Duration other) { return other > request.departed; });
  }

  void hear_429() {
    heard_429_at_ = now_;
    well_since_429_ = false;
  }

  // Beyond what an even spread makes a worker wait, while some of our share is left in the window. When the
  // window turns is known only to within the network's latency.
  void note_withheld() {
    if (!free_since_ || !replied_at_) return;
    const WindowCount& window = store_.windows()[store_.window_at(now_)];
    const Duration turned = window.begin + scenario_.most_latency;
    const Duration from =
        std::max({*free_since_, outcome_.departures.back(), turned, forbidden_until_, *replied_at_});
    free_since_.reset();
    const double budget = scenario_.pacer.share * static_cast<double>(window.quota);
    if (static_cast<double>(window.ours) + static_cast<double>(busy_) >= budget) return;
    const bool is_even = scenario_.pacer.shape == Shape::even;
    const Duration even = is_even ? duration_cast<Duration>(scenario_.window / budget) : Duration::zero();
    outcome_.longest_withheld = std::max(outcome_.longest_withheld, now_ - from - even);
  }

  void collect_accounts() {
    for (const WindowUse& use : pacer_.take_ended_windows()) outcome_.accounts.push_back(use);
  }

  double part() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  bool chance(double probability) { return probability > 0 && part() < probability; }
  Duration part_of(Duration whole) { return duration_cast<Duration>(whole * part()); }
  Duration latency() {
    Duration drawn = scenario_.least_latency + part_of(scenario_.most_latency - scenario_.least_latency);
    if (chance(scenario_.latency_tail)) drawn += part_of(scenario_.most_latency * 9);
    return duration_cast<Duration>(drawn * scenario_.slowness(now_));
  }
  void push(Event::Kind kind, Duration at, std::size_t request) {
    events_.push(Event{at, order_++, kind, request});
  }

  const Scenario& scenario_;
  Random random_;
  Pacer pacer_;
  VirtualStore store_;
  Outcome outcome_;
  std::priority_queue<Event> events_;
  std::vector<Request> requests_;
  std::uint64_t order_ = 0;
  Duration now_{};
  std::size_t busy_ = 0;
  int at_store_ = 0;
  std::size_t sleep_ = 0;
  std::optional<Duration> replied_at_;  // for the first time
  std::optional<Duration> free_since_;

  double heard_left_ = 0;
  Duration heard_of_{};
  std::size_t heard_window_ = 0;
  std::int64_t departed_since_heard_ = 0;
  bool well_since_429_ = true;
  Duration heard_429_at_ = Duration::max();
  Duration forbidden_until_{};
};

std::string in_ms(Duration duration) {
  return std::to_string(duration_cast<milliseconds>(duration).count()) + " ms";
}

}  // namespace

Outcome simulate(const Scenario& scenario) {
  return Simulation(scenario).run();
}

std::vector<WindowCount> full_windows(const Scenario& scenario, const Outcome& outcome) {
  std::vector<WindowCount> full;
  for (const WindowCount& window : outcome.windows) {
    if (window.begin >= Duration::zero() && window.begin + scenario.window <= scenario.run_for)
      full.push_back(window);
  }
  return full;
}

std::string describe(const Scenario& scenario) {
  std::string text =
      "seed " + std::to_string(scenario.seed) + ": share " + std::to_string(scenario.pacer.share) +
      (scenario.pacer.shape == Shape::even ? ", even" : ", burst") + ", quota " +
      std::to_string(scenario.quota({})) + ", latency " + in_ms(scenario.least_latency) + " to " +
      in_ms(scenario.most_latency) + ", " + std::to_string(scenario.pacer.connections) +
      " connections, phase " + in_ms(scenario.phase) + ", windows " +
      (scenario.window_starts_with_first_request ? "begin with a request" : "follow each other");
  for (const OtherApp& other : scenario.others) {
    text += ", another app: " + std::to_string(other.per_second) + "/s of " + std::to_string(other.at_once) +
            ", on " + in_ms(other.mean_on) + ", off " + in_ms(other.mean_off);
  }
  return text;
}

}  // namespace consent_sync::pace::test
