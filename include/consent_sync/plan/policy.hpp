#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <consent_sync/consent/composition.hpp>
#include <consent_sync/plan/completion.hpp>
#include <consent_sync/plan/reconcile.hpp>

namespace consent_sync::plan {

/// What may be spent on asking the store before it is changed (setting `policy.check_store`).
enum class CheckStore : std::uint8_t {
  never,    ///< the ledger is trusted
  changes,  ///< each change is preceded by a GET of that customer's consent
  all,      ///< every customer of the input is asked before the plan is made, and each change again
};

/// Which changes may be made (setting `policy.direction`).
enum class Direction : std::uint8_t { both, withdraw_only, grant_only };

/// What becomes of a row that denies `essential` (setting `policy.essential_deny`).
enum class EssentialDeny : std::uint8_t {
  reject,  ///< it ends as `invalid`
  send,    ///< it is sent like any other: the store decides
};

/// What becomes of a row whose e-mail address several customers have (setting `policy.shared_email`).
enum class SharedEmail : std::uint8_t {
  conflict,  ///< nobody may choose among them
  all,       ///< it speaks for each of them
};

/// "never", "changes", "all"; "both", "withdraw_only", "grant_only"; "reject", "send".
std::string_view to_string(CheckStore policy);
std::string_view to_string(Direction policy);
std::string_view to_string(EssentialDeny policy);

struct Policy {
  Unspecified unspecified = Unspecified::keep;
  Drift drift = Drift::deny_wins;
  FirstRun first_run = FirstRun::deny_wins;
  Direction direction = Direction::both;
  EssentialDeny essential_deny = EssentialDeny::reject;
  CheckStore check_store = CheckStore::never;
  SharedEmail shared_email = SharedEmail::conflict;
  /// Set where each row speaks of one category of another platform (long form): how they make a choice.
  std::optional<consent::Composition> composition = std::nullopt;
  /// What is read is no new word of the input but what the store held before a run (undo): the word that the
  /// input had last is remembered, so that it does not come back with the next night's input.
  bool restores = false;
  /// What the store was seen to hold is what it holds now. Not so where it was seen for a plan that is
  /// carried out later: that decides what is sent, and is not remembered.
  bool believes_observations = true;
  bool dry_run = false;  ///< rows that would be sent end as `would_apply` and are not queued
};

}  // namespace consent_sync::plan
