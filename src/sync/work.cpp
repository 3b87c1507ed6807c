#include <consent_sync/sync/work.hpp>

#include <algorithm>

namespace consent_sync::sync {

using consent::Outcome;

std::vector<ledger::QueuedChange> QueueWork::take(ledger::QueuePosition after, std::size_t limit) {
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(limit, left_));
  if (most == 0) return {};
  std::vector<ledger::QueuedChange> taken = ledger_.take_changes(run_, after, most);
  left_ -= taken.size();
  return taken;
}

void QueueWork::record(std::span<const consent::ChangeResult> results,
                       std::span<const ledger::WindowUse> windows, const ledger::Traffic& traffic) {
  ledger_.record_windows(run_, windows);
  ledger_.record(run_, results, traffic);
}

void QueueWork::give_back(ledger::QueuePosition last) {
  ledger_.give_back(run_, last);
}

std::vector<ledger::QueuedChange> SurveyWork::take(ledger::QueuePosition, std::size_t limit) {
  const auto customers = ledger_.select_customers(run_, wanted_, last_, limit);
  std::vector<ledger::QueuedChange> taken;
  for (const consent::CustomerId customer : customers) {
    const ledger::QueuePosition position{0, {}, ++taken_};
    taken.push_back({position, {0, customer, std::nullopt, consent::Choice()}, false});
  }
  if (!customers.empty()) last_ = customers.back();
  return taken;
}

void SurveyWork::record(std::span<const consent::ChangeResult> results,
                        std::span<const ledger::WindowUse> windows, const ledger::Traffic& traffic) {
  std::vector<ledger::ObservedCustomer> seen;
  for (const consent::ChangeResult& result : results) {
    const bool is_missing = result.outcome == Outcome::not_found;
    if (result.held || is_missing) seen.push_back({result.change.customer, {!is_missing, result.held}});
  }
  ledger_.record_windows(run_, windows);
  ledger_.observe(run_, seen, traffic);
}

}  // namespace consent_sync::sync
