#include "connection.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "schema.hpp"

namespace consent_sync::ledger::postgresql {
namespace {

/// What the server's own settings leave without a limit.
constexpr const char* limits =
    "SELECT set_config(name, value, false) FROM (VALUES ('statement_timeout', '15min'), ('lock_timeout', "
    "'30s'), "
    "('idle_in_transaction_session_timeout', '15min')) AS wanted (name, value) WHERE current_setting(name) = "
    "'0'";

/// All our statements find their rows by keys. A planner that guesses by statistics from before the last
/// million rows came would read whole tables instead.
constexpr const char* plans =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off; SET "
    "plan_cache_mode = force_generic_plan";

Workspace directory_for_plans() {
  std::error_code error;
  const std::string directory = std::filesystem::temp_directory_path(error).string();
  if (!error) return {directory, fmt::format("in {} (TMPDIR)", directory)};
  throw LedgerError(fmt::format(
      "TMPDIR names no directory for the temporary files of a plan ({}): set it to one in which this "
      "user may write.",
      error.message()));
}

}  // namespace

PostgresConnection::PostgresConnection(const std::string& url, std::optional<Fence> fence)
    : Connection(name_of(url), directory_for_plans()), url_(url), fence_(std::move(fence)) {
  guarded([&] {
    session_ = std::make_unique<Session>(url);
    session_->run("SET synchronous_commit = on");
    session_->run(limits);
    session_->run(plans);
    cursors_ = std::make_unique<Cursors>(*session_);
  });
}

PostgresConnection::~PostgresConnection() {
  forget_statements();
}

std::unique_ptr<Connection> PostgresConnection::another() const {
  return std::make_unique<PostgresConnection>(url_, std::nullopt);
}

std::unique_ptr<Statement> PostgresConnection::prepare(const char* sql, Rows rows) {
  switch (rows) {
    case Rows::few:
      break;
    case Rows::many:
      return std::make_unique<CursorStatement>(*session_, *cursors_, sql);
    case Rows::added: {
      auto appender = std::make_unique<AppendStatement>(*session_, sql);
      appenders_.push_back(appender.get());
      return appender;
    }
  }
  return std::make_unique<PreparedStatement>(*session_, sql);
}

void PostgresConnection::begin_read() {
  session_->run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  cursors_->transaction_began();
}

void PostgresConnection::begin_write() {
  // Who stands still in the middle of it must not keep the store's row locked for longer than the lease.
  session_->run(
      fence_ ? fmt::format("BEGIN; SET LOCAL idle_in_transaction_session_timeout = {}", fence_->lease.count())
             : "BEGIN");
  cursors_->transaction_began();
}

void PostgresConnection::commit() {
  for (AppendStatement* appender : appenders_) appender->flush();
  session_->run("COMMIT");
  cursors_->transaction_ended();
}

void PostgresConnection::rollback() noexcept {
  for (AppendStatement* appender : appenders_) appender->discard();
  session_->forget_sent();
  try {
    session_->run("ROLLBACK");
  } catch (const DatabaseError&) {
    // Without a connection there is no transaction either.
  }
  cursors_->transaction_ended();
}

void PostgresConnection::own(const std::string& store) {
  if (fence_ && fence_->store == store) return hold_fence();
  auto& lock = prepared("SELECT pg_current_xact_id() FROM store_lease WHERE store = ? FOR UPDATE");
  if (holds(Query(lock, store))) return;
  execute(prepared("INSERT INTO store_lease (store) VALUES (?) ON CONFLICT (store) DO NOTHING"), store);
  holds(Query(lock, store));
}

// However long the transaction takes: nobody takes a lease whose row is locked, and this lock lets whoever
// has it renew it.
void PostgresConnection::hold_fence() {
  auto& lock =
      prepared("SELECT pg_current_xact_id() FROM store_lease WHERE store = ? AND token = ? FOR KEY SHARE");
  if (holds(Query(lock, fence_->store, fence_->token))) return;
  throw LeaseLost(fmt::format(
      "The lease of store {} in the ledger {} was lost: this process stood still or was cut off for "
      "longer than the lease, and another has taken the store over. Nothing more is sent or "
      "recorded here; what is left is the other's.",
      fence_->store, name()));
}

bool PostgresConnection::holds(Query&& lock) {
  if (!lock.next()) return false;
  last_write_ = lock.text(0);
  return true;
}

// By whoever began before the erasure was committed. A vacuum is in the way of no other.
bool PostgresConnection::is_deleted_seen() {
  Query query(
      prepared(
          "SELECT EXISTS (SELECT 1 FROM (SELECT unnest(ARRAY[backend_xmin, backend_xid]) AS since FROM "
          "pg_stat_activity WHERE pid <> pg_backend_pid() AND coalesce(datname, current_database()) = "
          "current_database() AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum) UNION ALL SELECT "
          "xmin FROM pg_replication_slots UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE "
          "database = current_database()) AS seen WHERE age(since) >= age(CAST(CAST(? AS xid8) AS xid)))"),
      last_write_);
  return query.next() && query.integer(0) != 0;
}

std::string PostgresConnection::traces_of_deleted() {
  constexpr const char* vacuum =
      "VACUUM input_row, source_block, row_block, account, observed, confirmed, evidence_block, email_owner, "
      "change_block";
  const bool was_seen = is_deleted_seen();
  session_->run(vacuum);
  if (was_seen) {
    if (is_deleted_seen()) {
      return fmt::format(
          "A transaction, a standby or a backup that began before sees the ledger {} as it was, and until it "
          "ends PostgreSQL keeps what it sees.",
          name());
    }
    session_->run(vacuum);  // who was in its way the first time has gone
  }
  // Of whoever may not, PostgreSQL passes the tables over.
  const Result owns = session_->run(
      "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = CAST('evidence_block' AS regclass)");
  if (owns.rows() == 1 && owns.text(0, 0) == "t") return {};
  return fmt::format(
      "The tables of the ledger {} are another user's, who alone can have PostgreSQL vacuum them: run this "
      "command, "
      "or VACUUM, as that user.",
      name());
}

std::string PostgresConnection::beyond_reach() const {
  return "the PostgreSQL server's free pages, write-ahead log and standbys, until it uses them anew";
}

HashKey PostgresConnection::hash_key() {
  return guarded([&] {
    const HashKey made = random_key();
    execute(prepared("INSERT INTO hash_key (id, key) VALUES (1, ?) ON CONFLICT (id) DO NOTHING"),
            Bytes{{reinterpret_cast<const char*>(made.data()), made.size()}});
    Query query(prepared("SELECT key FROM hash_key WHERE id = 1"));
    const std::string bytes = query.next() ? query.blob(0) : "";
    HashKey key{};
    if (bytes.size() != key.size())
      throw DatabaseError(DatabaseError::Kind::damaged, "the key of its hashes makes no sense");
    std::memcpy(key.data(), bytes.data(), key.size());
    return key;
  });
}

std::string PostgresConnection::describe(const DatabaseError& error) const {
  return describe_error(name(), error);
}

std::string describe_error(const std::string& name, const DatabaseError& error) {
  using Kind = DatabaseError::Kind;
  switch (error.kind()) {
    case Kind::unreachable:
      return fmt::format("The ledger {} cannot be reached: {}. Run the same command again when it can.", name,
                         error.what());
    case Kind::full:
      return fmt::format(
          "No space is left for the ledger {}: make room on its server, then run the same command "
          "again.",
          name);
    case Kind::not_writable:
      return fmt::format("The ledger {} may not be used so: {}. Give this user the rights, or name another.",
                         name, error.what());
    case Kind::busy:
      return fmt::format("The ledger {} is busy: {}. Run the same command again.", name, error.what());
    case Kind::damaged:
      return fmt::format("The ledger {} is damaged ({}): restore it from a backup, or start with a new one.",
                         name, error.what());
    case Kind::io:
      return fmt::format(
          "The server of the ledger {} could not read or write ({}): check its disk, then run the same "
          "command "
          "again.",
          name, error.what());
    case Kind::no_ledger:
    case Kind::other:
      break;
  }
  return fmt::format("The ledger {} cannot be used: {}.", name, error.what());
}

std::unique_ptr<Connection> open_postgresql_ledger(const std::string& url, std::optional<Fence> fence) {
  auto connection = std::make_unique<PostgresConnection>(url, std::move(fence));
  prepare_schema(*connection);
  return connection;
}

bool has_postgresql_ledger(const std::string& url) {
  return as_ledger_error(
      name_of(url), [&] { return !Session(url).run("SELECT to_regclass('ledger_version')").is_null(0, 0); });
}

}  // namespace consent_sync::ledger::postgresql
