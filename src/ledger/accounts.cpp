#include "accounts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace consent_sync::ledger {
namespace {

using consent::Outcome;

/// The worst first.
constexpr std::array by_weight{
    Outcome::pending,    Outcome::unknown,     Outcome::mismatch,  Outcome::failed,     Outcome::rejected,
    Outcome::drifted,    Outcome::conflict,    Outcome::not_found, Outcome::unresolved, Outcome::invalid,
    Outcome::applied,    Outcome::would_apply, Outcome::in_sync,   Outcome::held_back,  Outcome::unchanged,
    Outcome::superseded, Outcome::not_sampled,
};
static_assert(by_weight.size() == consent::all_outcomes.size());

bool is_worse(const AccountResult& a, const AccountResult& b) {
  const auto weight = [](Outcome outcome) { return std::find(by_weight.begin(), by_weight.end(), outcome); };
  return weight(a.outcome) < weight(b.outcome);
}

std::string describe(const std::vector<AccountResult>& accounts) {
  std::string text = "the customers with this address: ";
  const char* separator = "";
  for (const AccountResult& account : accounts) {
    text += fmt::format("{}\"{}\" {}", separator, account.customer.value(), to_string(account.outcome));
    if (!account.reason.empty()) text += " (" + account.reason + ")";
    separator = ", ";
  }
  return text;
}

}  // namespace

void sum_up(RowResult& row) {
  const AccountResult& worst = *std::min_element(row.accounts.begin(), row.accounts.end(), is_worse);
  row.customer = worst.customer;
  row.outcome = worst.outcome;
  row.before = worst.before;
  row.after = worst.after;
  row.http_status = worst.http_status;
  row.attempts = 0;
  for (const AccountResult& account : row.accounts) row.attempts += account.attempts;
  row.reason = row.outcome == Outcome::pending ? "" : describe(row.accounts);
}

AccountResult read_account(const Query& query) {
  AccountResult account{query.customer(1)};
  account.outcome = query.outcome(2);
  account.before = query.optional_choice(3);
  account.after = query.optional_choice(4);
  account.http_status = static_cast<int>(query.integer(5));
  account.attempts = static_cast<int>(query.integer(6));
  account.reason = query.text(7);
  return account;
}

}  // namespace consent_sync::ledger
