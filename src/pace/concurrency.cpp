#include <algorithm>
#include <utility>

#include <consent_sync/pace/concurrency.hpp>

namespace consent_sync::pace {
namespace {

constexpr double least_limit = 1.0 / 1024;
constexpr Duration between_steps = std::chrono::seconds(5);
constexpr Duration first_avoidance = std::chrono::minutes(1);
constexpr Duration longest_avoidance = std::chrono::minutes(16);
// Latency counts as risen beyond twice the usual, and no less than this above it.
constexpr Duration noise = std::chrono::milliseconds(20);

Duration median(std::vector<Duration>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Concurrency::Concurrency(int most) : most_(most), limit_(most), troubled_at_(most * 2 + 1) {}

TimePoint Concurrency::next_departure(TimePoint now, std::size_t in_flight) const {
  if (in_flight > 0 && static_cast<double>(in_flight + 1) > limit_) return TimePoint::max();
  if (limit_ >= 1) return now;
  return departed_at_ + std::chrono::duration_cast<Duration>(std::max<Duration>(usual_, noise) / limit_);
}

void Concurrency::on_departure(TimePoint now, std::size_t in_flight) {
  departed_at_ = now;
  most_in_flight_ = std::max(most_in_flight_, in_flight);
}

void Concurrency::on_reply(TimePoint departed, TimePoint now, Duration latency) {
  if (departed < cut_at_) return;
  round_.push_back(latency);
  const auto in_a_round = std::max<std::size_t>(limit_ < 1 ? 8 : 16, static_cast<std::size_t>(limit_ * 2));
  if (round_.size() >= in_a_round) end_round(now);
}

void Concurrency::on_silence(TimePoint departed, TimePoint now) {
  on_reply(departed, now, std::max(usual_, now - departed));
}

void Concurrency::end_round(TimePoint now) {
  const Duration typical = median(round_);
  round_.clear();
  most_in_flight_before_ = std::exchange(most_in_flight_, 0);
  if (usual_ == Duration::zero()) usual_ = typical;
  const bool has_risen = typical > usual_ * 2 + noise;
  if (!has_risen) grow(now);
  if (has_risen && had_risen_) {
    limit_ = std::max(std::min(limit_, 1.0), limit_ * 0.8);
    moved_at_ = cut_at_ = now;
  }
  had_risen_ = has_risen;
  // What is usual falls faster than it rises; but a store that slows down for good is believed in the end.
  usual_ += typical < usual_ ? (typical - usual_) / 4 : std::min((typical - usual_) / 4, usual_ / 16);
}

// Slowly: what a larger limit does shows only after a while.
void Concurrency::grow(TimePoint now) {
  if (limit_ >= most_ || now < moved_at_ + between_steps) return;
  double ceiling = most_;
  if (now < avoided_until_) {
    ceiling = std::min(ceiling, troubled_at_ >= 2 ? troubled_at_ - 1 : troubled_at_ * 0.9);
  }
  const double next = std::min(ceiling, limit_ < 1 ? std::min(limit_ * 1.2, 1.0) : limit_ + 1);
  if (next <= limit_) return;
  limit_ = next;
  moved_at_ = now;
}

void Concurrency::on_down(TimePoint departed, TimePoint now) {
  cut(departed, now, std::min(limit_, 1.0));
}

void Concurrency::on_overload(TimePoint departed, TimePoint now) {
  cut(departed, now, least_limit);
}

void Concurrency::cut(TimePoint departed, TimePoint now, double least) {
  if (departed < cut_at_) return;
  const double at = std::min(limit_, static_cast<double>(std::max(most_in_flight_, most_in_flight_before_)));
  const bool is_known = at >= troubled_at_ * 0.8 && at <= troubled_at_ + 1;
  avoid_for_ = is_known ? std::min<Duration>(avoid_for_ * 2, longest_avoidance) : first_avoidance;
  avoided_until_ = now + avoid_for_;
  troubled_at_ = at;
  limit_ = std::max(at / 2, least);
  moved_at_ = cut_at_ = now;
  round_.clear();
}

}  // namespace consent_sync::pace
