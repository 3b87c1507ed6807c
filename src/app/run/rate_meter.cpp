#include "rate_meter.hpp"

namespace consent_sync::app {
namespace {

constexpr std::chrono::seconds longest{60};
constexpr std::chrono::seconds between{1};

}  // namespace

void RateMeter::add(Duration elapsed, std::uint64_t count) {
  const std::size_t size = samples_.size();
  const bool is_close = size > 1 && samples_[size - 1].elapsed - samples_[size - 2].elapsed < between;
  if (is_close) samples_.pop_back();
  samples_.push_back({elapsed, count});
  while (samples_.size() > 2 && samples_[1].elapsed <= elapsed - longest) samples_.pop_front();
}

std::optional<double> RateMeter::over(Duration span) const {
  if (samples_.empty()) return std::nullopt;
  const Sample& last = samples_.back();
  const Sample* first = &samples_.front();
  for (const Sample& sample : samples_) {
    if (sample.elapsed <= last.elapsed - span) first = &sample;
  }
  const Duration passed = last.elapsed - first->elapsed;
  if (passed < between) return std::nullopt;
  return static_cast<double>(last.count - first->count) / std::chrono::duration<double>(passed).count();
}

}  // namespace consent_sync::app
