#include <algorithm>

#include <consent_sync/pace/spacing.hpp>

namespace consent_sync::pace {
namespace {

constexpr Duration catch_up = std::chrono::milliseconds(100);

}  // namespace

Spacing::Spacing(double rate)
    : rate_(rate), interval_(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / rate))) {}

void Spacing::on_departure(TimePoint now) {
  next_ = std::max(next_, now - catch_up) + interval_;
}

}  // namespace consent_sync::pace
