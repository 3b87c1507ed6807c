#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace consent_sync::consent {

/// How a row ended. Every input row ends in exactly one.
enum class Outcome : std::uint8_t {
  applied,      ///< sent, and the store's reply equals the choice
  unchanged,    ///< already so, by the ledger or by the store's own word; nothing sent
  superseded,   ///< a newer or later row for the same customer won
  invalid,      ///< the row could not be understood; nothing sent
  conflict,     ///< policy forbids choosing
  not_found,    ///< the store has no such customer
  rejected,     ///< the store refused the data
  mismatch,     ///< 200, but the store holds something else than asked, also after a retry
  failed,       ///< every try spent, and none can have been applied
  unknown,      ///< every try spent, and one of them may have been applied
  pending,      ///< not reached before the run stopped
  would_apply,  ///< dry run: what a sync would send
  in_sync,      ///< audit: the store holds what the input says
  drifted,      ///< audit: the store holds something else
  held_back,    ///< it would change the store in a direction that policy.direction does not permit; nothing
                ///< sent
  not_sampled,  ///< audit of a sample: this customer was not drawn
  unresolved,   ///< dry run that does not ask: nothing is known of the customer's e-mail address
};

inline constexpr std::array all_outcomes{
    Outcome::applied,     Outcome::unchanged,   Outcome::superseded, Outcome::invalid, Outcome::conflict,
    Outcome::not_found,   Outcome::rejected,    Outcome::mismatch,   Outcome::failed,  Outcome::unknown,
    Outcome::pending,     Outcome::would_apply, Outcome::in_sync,    Outcome::drifted, Outcome::held_back,
    Outcome::not_sampled, Outcome::unresolved,
};

enum class OutcomeClass : std::uint8_t { ok, problem, unfinished };

OutcomeClass classify(Outcome outcome);

/// The word that reports and the ledger use: "applied", "not_found", ...
std::string_view to_string(Outcome outcome);

/// The inverse of to_string; nothing for any other word.
std::optional<Outcome> parse_outcome(std::string_view word);

}  // namespace consent_sync::consent
