#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/consent/record.hpp>

namespace consent_sync::ledger {

/// A row as it was read. Without a record it is invalid, for `reason`.
struct StagedRow {
  consent::LineNumber line = 0;
  std::optional<consent::Record> record;
  std::string reason;
  std::string source;
  /// Of an invalid row, where its customer is known: what it says may be a withdrawal, and holds the others
  /// back.
  std::optional<consent::CustomerId> customer = std::nullopt;
  /// In place of `record` and of `customer`, where an address has to be found out about first.
  std::optional<consent::RecordByEmail> by_email = std::nullopt;
  std::string email = {};
};

/// A row of a run that is known by an e-mail address, with what is known of that.
struct AddressedRow {
  enum class Owners : std::uint8_t {
    not_asked,  ///< nobody has asked the store for as long as the caller wants it remembered
    nobody,     ///< the store has no customer with this address
    known,
  };
  consent::LineNumber line = 0;
  bool is_invalid = false;  ///< has ended already, see CustomerRows::Row
  Owners owners = Owners::not_asked;
  std::vector<consent::CustomerId> customers;  ///< where they are known: at least one, in rising order
};

/// What the store said: whose an address is. Nobody's, when there are no customers.
struct AddressOwners {
  std::string email;  ///< as unasked_addresses() gave it
  std::vector<consent::CustomerId> customers;
};

/// What the store said of a customer before the plan was made.
struct Observation {
  bool exists = true;
  std::optional<consent::Choice> held;  ///< nothing: only its existence was asked
};

struct ObservedCustomer {
  consent::CustomerId customer;
  Observation observation;
};

/// What the ledger holds of one customer while a run is planned.
struct CustomerRows {
  struct Row {
    consent::LineNumber line = 0;
    consent::Choice choice;
    std::optional<consent::Timestamp> decided_at;
    std::optional<consent::Part> part = std::nullopt;  ///< see consent::Record
    bool is_invalid = false;       ///< has ended already, and what it says of the choice is unknown
    consent::Account account = 0;  ///< which of the row's customers this is
  };
  consent::CustomerId customer;
  std::vector<Row> rows;  ///< of this run, in the order of the input; at least one
  consent::Base base;
  std::optional<Observation> observed;  ///< the store's own answer, where it was asked for this run
  /// When the newest choice was made, by its own word, that was carried over or found to be so already.
  std::optional<consent::Timestamp> decided_at = std::nullopt;
};

/// A row that planning ends, or puts in the queue (`change` set; the outcome is then `pending`, or
/// `would_apply` in a dry run).
struct PlannedRow {
  consent::LineNumber line = 0;
  consent::Outcome outcome = consent::Outcome::pending;
  std::string reason;
  std::optional<consent::Choice> before;
  std::optional<consent::Choice> after;
  std::optional<consent::Change> change;
  /// For a row that would be sent and has no change of its own: the line of the row whose change speaks for
  /// it, too. It ends as that one does.
  std::optional<consent::LineNumber> carried_by = std::nullopt;
  consent::Account carrier_account = 0;  ///< with `carried_by`
  /// What becomes the common ground without a change: what the store was seen to hold, or another word of the
  /// input.
  std::optional<consent::Base> settles;
  consent::Account account = 0;  ///< of a row that speaks for several customers: for which of them this is
};

/// Where a change stands in the queue: all withdrawals first, then the oldest decisions, then by line. A row
/// that does not say when its person chose may have waited longest of all. Changes of rows that speak for
/// several customers have places of their own behind all lines.
struct QueuePosition {
  int rank = -1;                                              ///< 0: takes a consent away; 1: does not
  consent::Timestamp decided_at = consent::Timestamp::min();  ///< min(): not told
  consent::LineNumber line = 0;

  bool operator==(const QueuePosition&) const = default;
};

struct QueuedChange {
  QueuePosition position;
  consent::Change change;
  /// An earlier process was handed it and recorded nothing: it may have been sent.
  bool may_have_been_sent = false;
};

/// How it ended for one of several customers that a row speaks for.
struct AccountResult {
  consent::CustomerId customer;
  consent::Outcome outcome = consent::Outcome::pending;
  std::optional<consent::Choice> before = std::nullopt;
  std::optional<consent::Choice> after = std::nullopt;
  int http_status = 0;
  int attempts = 0;
  std::string reason = {};

  friend bool operator==(const AccountResult&, const AccountResult&) = default;
};

/// A row and how it ended, for reports.
struct RowResult {
  consent::LineNumber line = 0;
  std::optional<consent::CustomerId> customer;
  std::optional<consent::Timestamp> decided_at;  ///< kept as `source` is
  consent::Outcome outcome = consent::Outcome::pending;
  std::optional<consent::Choice> before;
  std::optional<consent::Choice> after;  ///< asked for; for applied rows also held
  int http_status = 0;
  int attempts = 0;
  std::string reason;
  std::string source;       ///< kept for rows that may still need mending; empty for those that ended ok
  bool is_carried = false;  ///< another row's change speaks for this one, too (of a row for one customer)
  /// Of a row that speaks for several customers. The row itself is pending while one of them is; then its
  /// outcome is the worst of theirs, and what else is said of it is said of that customer. Or of a row that
  /// ended because nobody knows whose of theirs it is: without a customer.
  std::vector<AccountResult> accounts = {};
};

}  // namespace consent_sync::ledger
