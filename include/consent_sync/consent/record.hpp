#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/composition.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/consent/outcome.hpp>
#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::consent {

/// A row's place in the input: the line it starts on, as an editor counts them (from 1; the header is line
/// 1).
using LineNumber = std::int64_t;

/// The `part` of a row whose category the mapping passes over: such a row has no say.
inline constexpr Part no_part = 0xFFFFFFFF;

/// A row that was understood.
struct Record {
  CustomerId customer;
  Choice choice;
  std::optional<Timestamp> decided_at;
  /// Set where a row speaks of one category of another platform only (long form): the part it speaks of. All
  /// rows of the customer make the choice together; this one's `choice` has that part's decision for each
  /// category it feeds, and is empty when it is undecided. Not set: the row is the customer's whole choice.
  std::optional<Part> part = std::nullopt;

  friend bool operator==(const Record&, const Record&) = default;
};

/// A row that was understood, of a customer whose id is not known yet.
struct RecordByEmail {
  std::string email;  ///< without spaces around it, ASCII letters in lower case; never in a log or a message
  Choice choice;
  std::optional<Timestamp> decided_at;
  std::optional<Part> part = std::nullopt;  ///< see Record

  friend bool operator==(const RecordByEmail&, const RecordByEmail&) = default;
};

/// Of a row that speaks for several customers (they share its e-mail address): which of them, from 1. 0: the
/// row speaks for one customer, as nearly all do.
using Account = std::uint8_t;
inline constexpr Account most_accounts = 63;

/// What is known of a customer from earlier: the common ground that both sides' changes are measured from.
struct Base {
  std::optional<Choice> held;   ///< what the store last confirmed; nothing if it never did
  std::optional<Choice> asked;  ///< what the input said then, where the store was left with something else
  bool in_doubt = false;        ///< something was sent since, and nobody knows what came of it

  /// What the store last confirmed, unless that is in doubt.
  std::optional<Choice> believed() const { return in_doubt ? std::nullopt : held; }

  friend bool operator==(const Base&, const Base&) = default;
};

/// A customer whose choice has to change in the store.
struct Change {
  LineNumber line = 0;  ///< the row that asks for it
  CustomerId customer;
  std::optional<Choice> before;  ///< what the store holds by the best that is known; nothing if nothing is
  Choice wanted;                 ///< what is sent
  Choice input = wanted;         ///< what the row says
  Base base = {before, std::nullopt, false};
  Account account = 0;  ///< of the row's customers
};

/// How the sending of a change ended, for its row.
struct ChangeResult {
  ChangeResult(Change ended, Outcome how) : change(ended), outcome(how) {}

  Change change;
  Outcome outcome;
  std::optional<Choice> held;  ///< what the store's own reply says it holds now; only from a 200
  std::optional<Choice>
      asked;  ///< with `held`: what the input said, where the store was left with something else
  std::optional<Timestamp> confirmed_at;  ///< when that reply came
  int http_status = 0;                    ///< of the last reply; 0 if none came
  int attempts = 0;                       ///< tries that count: not those answered 429, nor stale connections
  std::string reason;                     ///< for people, when the outcome is a problem; no e-mail, no secret
};

}  // namespace consent_sync::consent
