#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/ledger/rows.hpp>

namespace consent_sync::ledger {

/// What a row says, whoever its customer is.
struct Said {
  consent::Choice choice;
  std::optional<consent::Timestamp> decided_at;
  std::optional<consent::Part> part;
};

/// Nothing: the row was not understood.
std::optional<Said> said_in(const StagedRow& row);
std::optional<consent::CustomerId> customer_of(const StagedRow& row);
/// "" of a row that is known by its customer's number.
const std::string& address_of(const StagedRow& row);

/// The row has turned out to be this customer's.
void give_to(consent::CustomerId customer, StagedRow& row);

/// A row as the bytes of one entry of a log; `out` is used again and again.
void encode(const StagedRow& row, std::string& out);
/// Into a row that is used again and again, so that its texts keep their room. Throws std::out_of_range for
/// bytes that encode() did not write.
void decode(std::string_view entry, StagedRow& row);

}  // namespace consent_sync::ledger
