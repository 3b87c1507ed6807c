#include <algorithm>

#include <fmt/format.h>

#include "queue.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {
namespace {

struct WaitingCustomer {
  std::int64_t customer = 0;
  std::uint64_t key() const { return static_cast<std::uint64_t>(customer); }
};

/// The next customer of whom an understood row speaks.
const CustomerRows* next_spoken_for(CustomerStream& customers) {
  const auto is_understood = [](const CustomerRows::Row& row) { return !row.is_invalid; };
  const CustomerRows* customer = customers.next();
  while (customer != nullptr && std::none_of(customer->rows.begin(), customer->rows.end(), is_understood)) {
    customer = customers.next();
  }
  return customer;
}

}  // namespace

SqlLedger::Staged& SqlLedger::staged(const RunId& id) {
  const RunKey run = require_run(connection_, id, {RunState::staging});
  std::unique_ptr<Staged>& staged = staged_[id];
  if (!staged) staged = std::make_unique<Staged>(connection_.workspace());
  return *staged;
}

void SqlLedger::stage(const RunId& id, std::span<const StagedRow> rows) {
  connection_.guarded([&] {
    Staged& run = staged(id);
    const bool have_addresses = std::any_of(
        rows.begin(), rows.end(), [](const StagedRow& row) { return row.by_email || !row.email.empty(); });
    run.rows.stage(rows, have_addresses ? &digester() : nullptr);
    for (const StagedRow& row : rows) {
      const bool is_understood = row.record || row.by_email;
      ++run.counts[is_understood ? consent::Outcome::pending : consent::Outcome::invalid];
    }
  });
}

void SqlLedger::finish_staging(const RunId& id, const InputFacts& input) {
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::staging});
    update_input(connection_, run.key, input);
  });
}

void SqlLedger::for_each_customer(const RunId& id, const std::function<void(const CustomerRows&)>& visit) {
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    CustomerStream customers(staged(id).rows, connection_, run.key, run.store);
    while (const CustomerRows* customer = customers.next()) visit(*customer);
  });
}

std::vector<consent::CustomerId> SqlLedger::select_customers(
    const RunId& id, const std::function<bool(const CustomerRows&)>& wanted,
    std::optional<consent::CustomerId> after, std::size_t limit) {
  std::vector<consent::CustomerId> found;
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    Staged& stage = staged(id);
    if (!stage.selection || stage.selected_up_to != after) {
      stage.selection = std::make_unique<CustomerStream>(stage.rows, connection_, run.key, run.store);
    }
    while (found.size() < limit) {
      const CustomerRows* customer = stage.selection->next();
      if (customer == nullptr) break;
      if ((!after || customer->customer > *after) && wanted(*customer)) found.push_back(customer->customer);
    }
    stage.selected_up_to = found.empty() ? after : found.back();
    stage.selection->rest();
    if (found.size() < limit) stage.selection.reset();
  });
  return found;
}

std::uint64_t SqlLedger::count_left_out(const RunId& open, const RunId& by) {
  return connection_.guarded([&] {
    const RunKey unfinished = require_run(connection_, open, {RunState::open});
    const RunKey run = require_run(connection_, by, {RunState::staging});
    CustomerStream customers(staged(by).rows, connection_, run.key, run.store);
    const CustomerRows* spoken_for = next_spoken_for(customers);
    ExternalSort<WaitingCustomer> sorted(connection_.workspace());
    for_each_waiting(connection_, unfinished.key, {}, [&](const StoredChange& waiting) {
      sorted.make_room(1);
      sorted.add({waiting.change.customer.value()});
      return true;
    });
    ExternalSort<WaitingCustomer>::Reader waiting = sorted.read();
    std::uint64_t left_out = 0;
    std::int64_t last = 0;
    while (const WaitingCustomer* next = waiting.next()) {
      while (spoken_for != nullptr && spoken_for->customer.value() < next->customer)
        spoken_for = next_spoken_for(customers);
      const bool is_spoken_for = spoken_for != nullptr && spoken_for->customer.value() == next->customer;
      if (!is_spoken_for && next->customer != last) ++left_out;
      last = next->customer;
    }
    return left_out;
  });
}

void SqlLedger::observe(const RunId& id, std::span<const ObservedCustomer> customers,
                        const Traffic& traffic) {
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::staging});
    auto& insert = connection_.prepared(
        "INSERT INTO observed (run, customer, is_there, choice) VALUES (?, ?, ?, ?) ON CONFLICT (run, "
        "customer) DO "
        "UPDATE SET is_there = excluded.is_there, choice = excluded.choice");
    for (const ObservedCustomer& seen : customers) {
      execute(insert, run.key, seen.customer, seen.observation.exists, seen.observation.held);
    }
    update_traffic(connection_, run.key, traffic);
  });
}

void SqlLedger::adopt_observations(const RunId& id, const RunId& from) {
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::staging});
    const RunKey source = require_run(connection_, from);
    if (source.store != run.store) throw LedgerError(fmt::format("Run {} is of another store.", from));
    const consent::Timestamp since = select_run(connection_, from).value().started_at;
    execute(connection_.prepared(
                "INSERT INTO observed (run, customer, is_there, choice) SELECT CAST(? AS BIGINT), "
                "customer, is_there, choice FROM observed WHERE run = ? AND NOT EXISTS (SELECT 1 FROM "
                "confirmed WHERE store = ? AND confirmed.customer = observed.customer AND confirmed_at >= ?) "
                "ON CONFLICT (run, customer) "
                "DO UPDATE SET is_there = excluded.is_there, choice = excluded.choice"),
            run.key, source.key, run.store, since);
    disregard_those_sent_to(run, since);
    execute(connection_.prepared(
                "INSERT INTO email_of_nobody (run, address) SELECT CAST(? AS BIGINT), address FROM "
                "email_of_nobody WHERE run = ? ON CONFLICT (run, address) DO NOTHING"),
            run.key, source.key);
  });
}

/// What was observed before something was sent to a customer says nothing of them.
void SqlLedger::disregard_those_sent_to(const RunKey& run, consent::Timestamp since) {
  const auto disregard = [&](consent::CustomerId customer) {
    execute(connection_.prepared("DELETE FROM observed WHERE run = ? AND customer = ?"), run.key, customer);
  };
  Query syncs(connection_.prepared("SELECT key FROM run WHERE store = ? AND mode = ? AND state IN ('open', "
                                   "'finished', 'abandoned') AND (ended_at IS NULL OR ended_at >= ?)"),
              run.store, to_string(Mode::sync), since);
  while (syncs.next()) {
    const std::int64_t sync = syncs.integer(0);
    const QueuePosition handed = handed_out_up_to(connection_, sync);
    for_each_change(connection_, sync, [&](const StoredChange& stored) {
      const bool may_be_sent = !stored.is_waiting() || order_of(stored.position) <= order_of(handed);
      if (may_be_sent) disregard(stored.change.customer);
    });
    Query shared(connection_.scan("SELECT customer FROM account WHERE run = ?"), sync);
    while (shared.next()) disregard(shared.customer(0));
  }
}

void SqlLedger::plan(const RunId& id, std::span<const PlannedRow> rows) {
  connection_.guarded([&] {
    Staged& run = staged(id);
    run.rows.plan(rows);
    run.is_planned = true;
  });
}

void SqlLedger::note_forecast(const RunId& id, const Forecast& forecast) {
  const Lateness late = forecast.late.value_or(Lateness());
  connection_.write([&] {
    const RunKey run = own_run(id);
    execute(
        connection_.prepared(
            "INSERT INTO forecast (run, requests, duration_ms, quota, window_ms, share, is_the_stores, "
            "deadline, "
            "late_changes, late_withdrawals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO "
            "UPDATE "
            "SET requests = excluded.requests, duration_ms = excluded.duration_ms, quota = excluded.quota, "
            "window_ms = excluded.window_ms, share = excluded.share, is_the_stores = excluded.is_the_stores, "
            "deadline = excluded.deadline, late_changes = excluded.late_changes, late_withdrawals = "
            "excluded.late_withdrawals"),
        run.key, forecast.requests, std::int64_t{forecast.duration.count()}, forecast.quota,
        std::int64_t{forecast.window.count()}, forecast.share, forecast.quota_is_the_stores,
        forecast.late ? std::optional(forecast.late->deadline) : std::nullopt, late.changes,
        late.withdrawals);
  });
}

void SqlLedger::note_sample(const RunId& id, const Sample& sample) {
  connection_.write([&] {
    const RunKey run = own_run(id);
    execute(connection_.prepared(
                "INSERT INTO sample (run, customers, drawn, seed) VALUES (?, ?, ?, ?) ON CONFLICT (run) DO "
                "UPDATE "
                "SET customers = excluded.customers, drawn = excluded.drawn, seed = excluded.seed"),
            run.key, sample.customers, sample.drawn, sample.seed);
  });
}

}  // namespace consent_sync::ledger
