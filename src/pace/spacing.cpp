#include <algorithm>

#include <consent_sync/pace/spacing.hpp>

#include "seconds.hpp"

namespace consent_sync::pace {

Spacing::Spacing(double rate) : rate_(rate), interval_(from_seconds(1 / rate)) {}

void Spacing::on_departure(TimePoint now) {
  next_ = std::max(next_, now - catch_up) + interval_;
}

}  // namespace consent_sync::pace
