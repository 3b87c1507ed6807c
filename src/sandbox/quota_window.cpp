#include "quota_window.hpp"

#include <algorithm>

namespace consent_sync::sandbox {

QuotaWindow::QuotaWindow(std::int64_t quota, std::chrono::milliseconds length)
    : quota_(quota), length_(length) {}

bool QuotaWindow::charge(TimePoint now) {
  if (!limited()) return true;
  auto& use = use_at(now);
  const bool granted = left_in(use.window) > 0;
  ++(granted ? use.requests : use.throttled);
  return granted;
}

void QuotaWindow::drain(std::int64_t units, TimePoint now) {
  if (!limited()) return;
  auto& use = use_at(now);
  use.drained += std::min(units, left_in(use.window));
}

QuotaView QuotaWindow::view(TimePoint now) const {
  QuotaView view;
  view.window_ms = length_.count();
  view.quota = quota_;
  const auto window = window_at(now);
  view.left = left_in(window);
  // Rounded up: a client that waits exactly so long arrives in the next window.
  const auto ends = opened_ ? opened_at_ + (window + 1) * length_ : now + length_;
  view.reset_ms = std::chrono::ceil<std::chrono::milliseconds>(ends - now).count();
  return view;
}

std::int64_t QuotaWindow::window_at(TimePoint now) const {
  return opened_ ? (now - opened_at_) / length_ : 0;
}

std::int64_t QuotaWindow::left_in(std::int64_t window) const {
  if (history_.empty() || history_.back().window != window) return quota_;
  const auto& use = history_.back();
  return std::max<std::int64_t>(0, quota_ - use.requests - use.drained);
}

WindowUse& QuotaWindow::use_at(TimePoint now) {
  if (!opened_) {
    opened_ = true;
    opened_at_ = now;
  }
  const auto window = window_at(now);
  if (history_.empty() || history_.back().window != window) history_.push_back(WindowUse{window, 0, 0, 0});
  return history_.back();
}

}  // namespace consent_sync::sandbox
