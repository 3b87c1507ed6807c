#include "schema.hpp"

#include <array>

#include <fmt/format.h>

#include "../database/query.hpp"

namespace consent_sync::ledger::postgresql {
namespace {

/// Like the tables of a ledger in SQLite (sqlite_schema.cpp says what is in them), and: who may work on a
/// store (store_lease.hpp), what is left to do of a batch (work_list.hpp), and the key of hashes.
///
/// Texts are compared byte by byte, as SQLite does.
constexpr const char* version_1 = R"(
CREATE TABLE run (
  key BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  state TEXT NOT NULL,
  store TEXT COLLATE "C" NOT NULL,
  api_url TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  settings TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  resumptions BIGINT NOT NULL,
  exit_code BIGINT,
  stop_reason TEXT NOT NULL,
  input_path TEXT NOT NULL,
  input_format TEXT NOT NULL,
  input_sha256 TEXT NOT NULL,
  input_bytes BIGINT NOT NULL,
  input_rows BIGINT NOT NULL,
  put BIGINT NOT NULL,
  got BIGINT NOT NULL,
  retried BIGINT NOT NULL,
  throttled BIGINT NOT NULL,
  reopened BIGINT NOT NULL,
  quota BIGINT NOT NULL,
  window_ms BIGINT NOT NULL,
  sending_ms BIGINT NOT NULL,
  latency TEXT NOT NULL,
  planned_changes BIGINT NOT NULL DEFAULT 0,
  planned_withdrawing BIGINT NOT NULL DEFAULT 0,
  planned_granting BIGINT NOT NULL DEFAULT 0,
  handed_rank BIGINT NOT NULL DEFAULT -1,
  handed_decided_at BIGINT NOT NULL DEFAULT 0,
  handed_line BIGINT NOT NULL DEFAULT 0,
  plan TEXT COLLATE "C" NOT NULL DEFAULT '',
  undoes TEXT COLLATE "C" NOT NULL DEFAULT '',
  evidence_head TEXT NOT NULL DEFAULT '',
  by_email BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX run_of_store ON run (store, key);
CREATE INDEX run_of_plan ON run (plan) WHERE plan <> '';
CREATE TABLE input_column (
  run BIGINT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (run, position)
);
CREATE TABLE input_row (
  run BIGINT NOT NULL,
  line BIGINT NOT NULL,
  customer BIGINT,
  choice SMALLINT,
  decided_at BIGINT,
  outcome TEXT NOT NULL,
  before SMALLINT,
  after SMALLINT,
  http_status SMALLINT NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, line)
);
CREATE TABLE source_block (
  run BIGINT NOT NULL,
  first_line BIGINT NOT NULL,
  rows BYTEA NOT NULL,
  PRIMARY KEY (run, first_line)
);
CREATE TABLE carried_row (
  run BIGINT NOT NULL,
  carrier BIGINT NOT NULL,
  line BIGINT NOT NULL,
  PRIMARY KEY (run, carrier, line)
);
CREATE TABLE row_block (
  run BIGINT NOT NULL,
  first_line BIGINT NOT NULL,
  rows BYTEA NOT NULL,
  PRIMARY KEY (run, first_line)
);
CREATE TABLE outcome_count (
  run BIGINT NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  rows BIGINT NOT NULL,
  PRIMARY KEY (run, outcome)
);
CREATE TABLE account (
  run BIGINT NOT NULL,
  line BIGINT NOT NULL,
  number INTEGER NOT NULL,
  customer BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  before SMALLINT,
  after SMALLINT,
  http_status SMALLINT NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, line, number)
);
CREATE TABLE observed (
  run BIGINT NOT NULL,
  customer BIGINT NOT NULL,
  is_there SMALLINT NOT NULL,
  choice SMALLINT,
  PRIMARY KEY (run, customer)
);
CREATE TABLE forecast (
  run BIGINT PRIMARY KEY,
  requests BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  quota BIGINT NOT NULL,
  window_ms BIGINT NOT NULL,
  share DOUBLE PRECISION NOT NULL,
  is_the_stores SMALLINT NOT NULL,
  deadline BIGINT,
  late_changes BIGINT NOT NULL DEFAULT 0,
  late_withdrawals BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE sample (
  run BIGINT PRIMARY KEY,
  customers BIGINT NOT NULL,
  drawn BIGINT NOT NULL,
  seed BIGINT NOT NULL
);
CREATE TABLE quota_window (
  run BIGINT NOT NULL,
  position BIGINT NOT NULL,
  begin BIGINT NOT NULL,
  length_ms BIGINT NOT NULL,
  quota BIGINT NOT NULL,
  budget BIGINT NOT NULL,
  used BIGINT NOT NULL,
  throttled BIGINT NOT NULL,
  others BIGINT NOT NULL,
  whole SMALLINT NOT NULL,
  PRIMARY KEY (run, position)
);
CREATE TABLE fault (
  run BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  requests BIGINT NOT NULL,
  PRIMARY KEY (run, kind)
);
CREATE TABLE change_block (
  run BIGINT NOT NULL,
  rank SMALLINT NOT NULL,
  last_decided_at BIGINT NOT NULL,
  last_line BIGINT NOT NULL,
  waiting INTEGER NOT NULL,
  changes BYTEA NOT NULL,
  PRIMARY KEY (run, rank, last_decided_at, last_line)
) WITH (fillfactor = 70);
CREATE TABLE confirmed (
  store TEXT COLLATE "C" NOT NULL,
  customer BIGINT NOT NULL,
  choice SMALLINT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  in_doubt SMALLINT NOT NULL DEFAULT 0,
  asked SMALLINT,
  decided_at BIGINT,
  PRIMARY KEY (store, customer)
) WITH (fillfactor = 80);
CREATE TABLE evidence_block (
  first_sequence BIGINT NOT NULL,
  run BIGINT,
  erased SMALLINT NOT NULL DEFAULT 0,
  store TEXT COLLATE "C" NOT NULL,
  entries BYTEA NOT NULL,
  PRIMARY KEY (store, first_sequence)
);
-- Secrets and hashes do not compress.
ALTER TABLE evidence_block ALTER COLUMN entries SET STORAGE EXTERNAL;
CREATE TABLE evidence_run (
  key BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  input_sha256 TEXT NOT NULL,
  correlation_id TEXT NOT NULL
);
CREATE TABLE email_key (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  proof BYTEA NOT NULL
);
CREATE TABLE email_owner (
  store TEXT COLLATE "C" NOT NULL,
  address BYTEA NOT NULL,
  customers BYTEA NOT NULL,
  asked_at BIGINT NOT NULL,
  PRIMARY KEY (store, address)
);
CREATE TABLE email_of_nobody (
  run BIGINT NOT NULL,
  address BYTEA NOT NULL,
  PRIMARY KEY (run, address)
);
CREATE TABLE hash_key (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  key BYTEA NOT NULL
);
CREATE TABLE store_lease (
  store TEXT COLLATE "C" PRIMARY KEY,
  token BIGINT NOT NULL DEFAULT 0,
  holder TEXT NOT NULL DEFAULT '',
  since TIMESTAMPTZ,
  expires_at TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
CREATE TABLE work_item (
  batch TEXT COLLATE "C" NOT NULL,
  store TEXT COLLATE "C" NOT NULL,
  takings BIGINT NOT NULL DEFAULT 0,
  taker TEXT NOT NULL DEFAULT '',
  taken_at TIMESTAMPTZ NOT NULL DEFAULT 'infinity',
  not_before TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
  is_ended BOOLEAN NOT NULL DEFAULT FALSE,
  exit_code BIGINT,
  added_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (batch, store)
);
CREATE INDEX work_left ON work_item (batch, takings, store) WHERE NOT is_ended;
CREATE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.erased > OLD.erased AND NEW.store = OLD.store AND NEW.first_sequence = OLD.first_sequence
     AND NEW.run IS NOT DISTINCT FROM OLD.run THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'evidence is append-only';
END
$$;
CREATE TRIGGER evidence_is_append_only BEFORE UPDATE OR DELETE ON evidence_block
FOR EACH ROW EXECUTE FUNCTION evidence_is_append_only();
)";

/// Entry n brings a ledger from version n to n + 1. Entries are never changed, only added.
struct Migration {
  const char* script;
  /// The oldest version of the tables whose programs can go on working beside this one: a program looks when
  /// it opens the ledger.
  std::int64_t works_with;
};
constexpr std::array migrations{Migration{version_1, 1}};
constexpr std::int64_t newest_version = migrations.size();

/// One number for all that migrate a ledger, whatever else the database is used for: "CsLd".
constexpr std::int64_t migration_lock = 0x43734C64;

struct Version {
  std::int64_t version = 0;
  std::int64_t works_with = 0;
};

Version read_version(Connection& connection) {
  Query table(connection.prepared("SELECT to_regclass('ledger_version') IS NOT NULL"));
  if (!table.next() || table.integer(0) == 0) return {};
  Query query(connection.prepared("SELECT version, works_with FROM ledger_version"));
  if (!query.next()) return {};
  return {query.integer(0), query.integer(1)};
}

void check_version(const Connection& connection, const Version& found) {
  if (found.works_with <= newest_version) return;
  throw LedgerError(fmt::format(
      "The ledger {} was migrated by a newer consent-sync (ledger version {}; this one knows up to {}): "
      "use that program.",
      connection.name(), found.version, newest_version));
}

/// Another process may have migrated it since, and a newer one beyond what this one knows.
void migrate(Connection& connection) {
  const Version found = read_version(connection);
  check_version(connection, found);
  if (found.version >= newest_version) return;
  if (found.version == 0) {
    connection.run_script(
        "CREATE TABLE ledger_version (version BIGINT NOT NULL, works_with BIGINT NOT NULL); INSERT INTO "
        "ledger_version VALUES (0, 0)");
  }
  for (std::int64_t next = found.version; next < newest_version; ++next) {
    const Migration& migration = migrations[static_cast<std::size_t>(next)];
    connection.run_script(migration.script);
    execute(connection.prepared("UPDATE ledger_version SET version = ?, works_with = ?"), next + 1,
            migration.works_with);
  }
}

}  // namespace

void prepare_schema(Connection& connection) {
  const Version found = connection.guarded([&] { return read_version(connection); });
  check_version(connection, found);
  if (found.version >= newest_version) return;
  // Before the transaction, which then sees what whoever came first has made. It goes with the connection,
  // too.
  connection.guarded(
      [&] { connection.run_script(fmt::format("SELECT pg_advisory_lock({})", migration_lock).c_str()); });
  connection.write([&] { migrate(connection); });
  connection.guarded(
      [&] { connection.run_script(fmt::format("SELECT pg_advisory_unlock({})", migration_lock).c_str()); });
}

}  // namespace consent_sync::ledger::postgresql
