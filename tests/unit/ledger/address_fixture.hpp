#pragma once

#include <map>
#include <string>
#include <vector>

#include "fixture.hpp"

namespace consent_sync::ledger::test {

inline StagedRow addressed(LineNumber line, const std::string& email, Choice wanted = all_allowed,
                           std::optional<consent_sync::consent::Part> part = std::nullopt) {
  StagedRow row;
  row.line = line;
  row.source = email + ",of line " + std::to_string(line);
  row.by_email = consent_sync::consent::RecordByEmail{email, wanted, std::nullopt, part};
  return row;
}

inline AddressOwners owned(const std::string& email, std::initializer_list<std::int64_t> ids) {
  AddressOwners owner{email, {}};
  for (const std::int64_t id : ids) owner.customers.push_back(customer(id));
  return owner;
}

/// Every row speaks for all customers found; what is nobody's is left alone.
inline void identify_all(Ledger& ledger, const RunId& run, Timestamp since = at(0)) {
  ledger.identify(run, since,
                  [](const AddressedRow& row) { return row.owners == AddressedRow::Owners::known; });
}

inline std::map<std::int64_t, std::vector<LineNumber>> lines_of_customers(Ledger& ledger, const RunId& run) {
  std::map<std::int64_t, std::vector<LineNumber>> found;
  ledger.for_each_customer(run, [&](const CustomerRows& rows) {
    for (const auto& row : rows.rows) found[rows.customer.value()].push_back(row.line);
  });
  return found;
}

/// A run of one row whose address customers 7 and 8 have, planned to be sent for both.
struct SharedFixture : Fixture {
  SharedFixture() {
    ledger->begin_run(make_run("run"));
    ledger->stage("run", std::vector{addressed(2, "jo@example.com")});
    ledger->note_addresses("run", std::vector{owned("jo@example.com", {7, 8})}, at(1), {});
    identify_all(*ledger, "run");
    std::vector<PlannedRow> plan;
    ledger->for_each_customer("run", [&](const CustomerRows& rows) {
      PlannedRow row = to_send(rows.rows[0].line, rows.customer.value(), std::nullopt, all_allowed);
      row.account = row.change->account = rows.rows[0].account;
      plan.push_back(row);
    });
    ledger->plan("run", plan);
  }

  std::vector<QueuedChange> open() {
    ledger->commit_plan("run");
    return ledger->take_changes("run", {}, 10);
  }
};

}  // namespace consent_sync::ledger::test
