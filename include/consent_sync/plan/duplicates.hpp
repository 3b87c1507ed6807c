#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::plan {

/// Two rows of one customer that say different things at the same time.
struct Contradiction {
  consent::LineNumber first = 0;
  consent::LineNumber second = 0;
};

/// Which of a customer's rows counts. Either a winner or a contradiction is there.
struct Resolution {
  std::optional<std::size_t> winner;           ///< index into the rows; all others are superseded
  consent::Choice choice;                      ///< with a winner: what the rows say together
  std::optional<Contradiction> contradiction;  ///< no row may be chosen: every one of them is a conflict
};

/// Chooses among a customer's rows, which are in the order of the input; at least one.
///
/// The newest `decided_at` wins; a row without one is older than any with one. Among rows without a time, and
/// among equal choices at the newest time, the last wins. What it leaves open is as the next newest row has
/// it, and so on: the same as if the rows came one night after the other.
///
/// Different choices at the newest time contradict each other: then no row is chosen, not even an older one,
/// since the person has decided otherwise since. Choices differ when any category does, also where one row
/// only leaves it unspecified. At an older time only what newer rows leave open can contradict.
Resolution resolve(std::span<const ledger::CustomerRows::Row> rows);

}  // namespace consent_sync::plan
