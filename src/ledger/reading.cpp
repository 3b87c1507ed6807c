#include "accounts.hpp"
#include "live_rows.hpp"
#include "row_block.hpp"
#include "run_rows.hpp"
#include "sources.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {
namespace {

constexpr const char* accounts_of_run =
    "SELECT line, customer, outcome, before, after, http_status, attempts, reason FROM account WHERE run = ? "
    "ORDER BY line, number";

/// The rows that ended when they were planned.
class EndedRows {
 public:
  EndedRows(Connection& connection, std::int64_t run) : query_(connection.scan(blocks_of_run), run) {
    step();
  }

  const RowResult* front() const { return has_row_ ? &row_ : nullptr; }
  void step() {
    while (true) {
      has_row_ = block_ && block_->next(row_);
      if (has_row_ || !query_.next()) return;
      block_.emplace(query_.integer(0), query_.blob(1));
    }
  }

 private:
  Query query_;
  std::optional<RowBlockReader> block_;
  RowResult row_;
  bool has_row_ = false;
};

/// How it ended for each of the customers that a row speaks for, where there are several.
class Accounts {
 public:
  Accounts(Connection& connection, std::int64_t run) : query_(connection.scan(accounts_of_run), run) {
    has_row_ = query_.next();
  }

  /// Lines rise from call to call.
  const std::vector<AccountResult>& of(consent::LineNumber line) {
    found_.clear();
    for (; has_row_ && query_.integer(0) <= line; has_row_ = query_.next()) {
      if (query_.integer(0) == line) found_.push_back(read_account(query_));
    }
    return found_;
  }

 private:
  Query query_;
  std::vector<AccountResult> found_;
  bool has_row_ = false;
};

/// Reads through a connection of its own: one state of the ledger from the first row to the last, whatever is
/// written meanwhile.
class RowsInOrder final : public RowCursor {
 public:
  RowsInOrder(const Connection& ledger, std::int64_t run)
      : connection_(in_one_state(ledger)),
        live_(*connection_, run),
        ended_(*connection_, run),
        sources_(*connection_, run),
        accounts_(*connection_, run) {}

  const RowResult* next() override {
    return connection_->guarded([&] { return step(); });
  }

 private:
  static std::unique_ptr<Connection> in_one_state(const Connection& ledger) {
    std::unique_ptr<Connection> connection = ledger.another();
    connection->begin_read();
    return connection;
  }

  const RowResult* step() {
    if (used_live_) live_.step();
    if (used_ended_) ended_.step();
    const RowResult* live = live_.front();
    const RowResult* ended = ended_.front();
    used_live_ = live != nullptr && (ended == nullptr || live->line < ended->line);
    used_ended_ = !used_live_ && ended != nullptr;
    const RowResult* row = used_live_ ? live : ended;
    if (row == nullptr) return row;
    const std::vector<AccountResult>& accounts = accounts_.of(row->line);
    const bool is_ok = classify(row->outcome) == consent::OutcomeClass::ok;
    if (is_ok && accounts.empty()) return row;
    whole_ = *row;
    whole_.accounts = accounts;
    if (!is_ok) whole_.source = sources_.of(row->line);
    return &whole_;
  }

  std::unique_ptr<Connection> connection_;
  LiveRows live_;
  EndedRows ended_;
  Sources sources_;
  Accounts accounts_;
  RowResult whole_;
  bool used_live_ = false;
  bool used_ended_ = false;
};

void visit_staged(Staging& staging, const std::function<void(const RowResult&)>& visit) {
  RowResult result;
  staging.for_each([&](const RowPlan& row) {
    to_result(row, result);
    visit(result);
  });
}

}  // namespace

OutcomeCounts SqlLedger::recount(const RunId& id) {
  if (staged_.contains(id)) return counts(id);
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    OutcomeCounts counts;
    Query apart(connection_.scan("SELECT outcome FROM input_row WHERE run = ?"), run.key);
    while (apart.next()) ++counts[apart.outcome(0)];
    for_each_change(connection_, run.key, [&](const StoredChange& stored) {
      if (stored.change.account == 0) ++counts[stored.end.outcome];
    });
    EndedRows ended(connection_, run.key);
    for (; ended.front() != nullptr; ended.step()) ++counts[ended.front()->outcome];
    return counts;
  });
}

std::unique_ptr<RowCursor> SqlLedger::read_rows(const RunId& id) {
  return connection_.guarded([&]() -> std::unique_ptr<RowCursor> {
    const RunKey run =
        require_run(connection_, id, {RunState::open, RunState::finished, RunState::abandoned});
    return std::make_unique<RowsInOrder>(connection_, run.key);
  });
}

void SqlLedger::for_each_row(const RunId& id, const std::function<void(const RowResult&)>& visit) {
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id);
    if (const auto found = staged_.find(id); found != staged_.end())
      return visit_staged(found->second->rows, visit);
    RowsInOrder rows(connection_, run.key);
    while (const RowResult* row = rows.next()) visit(*row);
  });
}

std::optional<consent::Choice> SqlLedger::confirmed(const std::string& store, consent::CustomerId customer) {
  return connection_.guarded([&]() -> std::optional<consent::Choice> {
    Query query(connection_.prepared(
                    "SELECT choice FROM confirmed WHERE store = ? AND customer = ? AND in_doubt = 0"),
                store, customer);
    if (!query.next()) return std::nullopt;
    return query.choice(0);
  });
}

}  // namespace consent_sync::ledger
