#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <consent_sync/consent/record.hpp>

namespace consent_sync::plan {

/// Who wins where input and store have both changed a category since the ledger last saw them agree (setting
/// `policy.drift`).
enum class Drift : std::uint8_t {
  input,
  store,
  deny_wins,  ///< denied by either is denied
  conflict,   ///< nobody: a person decides
};

/// Who wins of a customer that the ledger knows nothing of, when the store was asked and says something else
/// (setting `policy.first_run`).
enum class FirstRun : std::uint8_t {
  input,
  deny_wins,
  keep_store,  ///< what the store has decided stays
};

/// "input", "store", "deny_wins", "conflict"; "input", "deny_wins", "keep_store".
std::string_view to_string(Drift policy);
std::string_view to_string(FirstRun policy);

/// What is known before a decision about one customer.
struct Known {
  consent::Base base;
  std::optional<consent::Choice> theirs;  ///< what the store says now; nothing: it was not asked
};

/// What the store is taken to hold now: its own word, else what it last confirmed.
std::optional<consent::Choice> held_now(const Known& known);

struct Reconciliation {
  consent::Choice result;    ///< what the store should hold
  unsigned kept = 0;         ///< categories in which the store's word stays although the input says otherwise
  unsigned conflicting = 0;  ///< categories that nobody may choose; `result` has the store's word there
};

/// Three-way merge, category by category. The input's side has changed where `ours` differs from what it said
/// last, the store's where it differs from what it last confirmed. Changed on neither: the store's word
/// stays; on one: that side wins; on both, and differently: the policy. What `ours` leaves open is the
/// store's. Pure.
Reconciliation reconcile(const Known& known, consent::Choice ours, Drift drift, FirstRun first_run);

}  // namespace consent_sync::plan
