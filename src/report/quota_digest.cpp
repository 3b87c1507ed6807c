#include "quota_digest.hpp"

namespace consent_sync::report {
namespace {

QuotaStretch stretch_of(const ledger::WindowUse& use) {
  return {1, use.begin, use.begin + use.length, use.quota, use.budget, use.used, use.throttled, use.others};
}

// Each two that follow each other become one.
std::vector<QuotaStretch> halved(const std::vector<QuotaStretch>& stretches) {
  std::vector<QuotaStretch> pairs;
  for (std::size_t n = 0; n < stretches.size(); ++n) {
    if (n % 2 == 0)
      pairs.push_back(stretches[n]);
    else
      pairs.back().add(stretches[n]);
  }
  return pairs;
}

}  // namespace

void QuotaStretch::add(const QuotaStretch& later) {
  if (windows == 0) begin = later.begin;
  windows += later.windows;
  end = later.end;
  offered += later.offered;
  budget += later.budget;
  used += later.used;
  throttled += later.throttled;
  others += later.others;
}

void QuotaDigest::add(const ledger::WindowUse& use) {
  const QuotaStretch one = stretch_of(use);
  all_.add(one);
  if (use.whole) whole_.add(one);
  if (!stretches_.empty() && stretches_.back().windows < windows_a_stretch_)
    return stretches_.back().add(one);
  if (stretches_.size() == most_stretches) {
    stretches_ = halved(stretches_);
    windows_a_stretch_ *= 2;
  }
  stretches_.push_back(one);
}

std::optional<double> QuotaDigest::used_share() const {
  const QuotaStretch& judged = whole_.windows > 0 ? whole_ : all_;
  if (judged.offered == 0) return std::nullopt;
  return static_cast<double>(judged.used) / static_cast<double>(judged.offered);
}

}  // namespace consent_sync::report
