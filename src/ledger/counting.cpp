#include "run_rows.hpp"
#include "slot.hpp"
#include "sql_ledger.hpp"
#include "staging/row_plan.hpp"

namespace consent_sync::ledger {
namespace {

/// From how rows ended: with each customer's end in the place of a row that speaks for several, and without
/// what another row's change speaks for. ?2 and ?3: how a slot (slot.hpp) is taken apart.
constexpr const char* ends_of_customers =
    "SELECT outcome, CAST(sum(ends) AS BIGINT) FROM ("
    "SELECT outcome, rows AS ends FROM outcome_count WHERE run = ?1 "
    "UNION ALL SELECT outcome, -1 FROM (SELECT DISTINCT line FROM account WHERE run = ?1) AS shared JOIN "
    "input_row ON input_row.run = ?1 AND input_row.line = shared.line "
    "UNION ALL SELECT outcome, 1 FROM account WHERE run = ?1 "
    "UNION ALL SELECT outcome, -1 FROM carried_row JOIN input_row ON input_row.run = carried_row.run AND "
    "input_row.line = carried_row.line WHERE carried_row.run = ?1 "
    "UNION ALL SELECT outcome, -1 FROM carried_row JOIN account ON account.run = carried_row.run AND "
    "account.line = (carried_row.line & ?2) AND account.number = (carried_row.line >> ?3) WHERE "
    "carried_row.run = ?1"
    ") AS ended WHERE outcome IN ('applied', 'in_sync', 'drifted') GROUP BY outcome";

}  // namespace

OutcomeCounts SqlLedger::counts(const RunId& id) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    if (const auto found = staged_.find(id); found != staged_.end()) {
      Staged& run_here = *found->second;
      if (!run_here.is_planned) return run_here.counts;
      OutcomeCounts counts;
      RowResult result;
      run_here.rows.for_each([&](const RowPlan& row) {
        to_result(row, result);
        ++counts[result.outcome];
      });
      return counts;
    }
    Query query(connection_.prepared("SELECT outcome, rows FROM outcome_count WHERE run = ?"), run.key);
    OutcomeCounts counts;
    while (query.next()) counts[query.outcome(0)] = query.count(1);
    return counts;
  });
}

ChangeCounts SqlLedger::change_counts(const RunId& id) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    if (const auto found = staged_.find(id); found != staged_.end()) {
      ChangeCounts counts;
      found->second->rows.for_each([&](const RowPlan& row) {
        if (row.plan.change) counts.add(*row.plan.change);
        for (const RowPlan::Owner& owner : row.owners) {
          if (owner.plan.change) counts.add(*owner.plan.change);
        }
      });
      return counts;
    }
    Query query(connection_.prepared(
                    "SELECT planned_changes, planned_withdrawing, planned_granting FROM run WHERE key = ?"),
                run.key);
    query.next();
    return ChangeCounts{query.count(0), query.count(1), query.count(2)};
  });
}

CustomerEnds SqlLedger::customer_ends(const RunId& id) {
  return connection_.guarded([&] {
    CustomerEnds ends;
    Query query(connection_.prepared(ends_of_customers), require_run(connection_, id).key, most_lines,
                std::int64_t{line_bits});
    while (query.next()) {
      const consent::Outcome outcome = query.outcome(0);
      if (outcome == consent::Outcome::applied) ends.applied = query.count(1);
      if (outcome == consent::Outcome::in_sync) ends.in_sync = query.count(1);
      if (outcome == consent::Outcome::drifted) ends.drifted = query.count(1);
    }
    return ends;
  });
}

}  // namespace consent_sync::ledger
