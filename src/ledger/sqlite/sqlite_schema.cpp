#include "sqlite_schema.hpp"

#include <fmt/format.h>

#include <array>

#include "old_rows.hpp"

namespace consent_sync::ledger {
namespace {

/// "CsLd": tells a ledger from other SQLite files.
constexpr std::int64_t application_id = 0x43734C64;

/// Times are microseconds since 1970 (UTC), choices are Choice::code(), outcomes and states are their words.
///
/// Rows lie in the order of the input, so that staging and planning write from one end to the other. What
/// people wrote (`source`) lies apart: it is large, and most of it goes when the run ends.
constexpr const char* version_1 = R"(
CREATE TABLE run (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  mode TEXT NOT NULL,
  state TEXT NOT NULL,
  store TEXT NOT NULL,
  api_url TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  tool_version TEXT NOT NULL,
  settings TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  resumptions INTEGER NOT NULL,
  exit_code INTEGER,
  stop_reason TEXT NOT NULL,
  input_path TEXT NOT NULL,
  input_format TEXT NOT NULL,
  input_sha256 TEXT NOT NULL,
  input_bytes INTEGER NOT NULL,
  input_rows INTEGER NOT NULL,
  put INTEGER NOT NULL,
  got INTEGER NOT NULL,
  retried INTEGER NOT NULL,
  throttled INTEGER NOT NULL,
  reopened INTEGER NOT NULL,
  quota INTEGER NOT NULL,
  window_ms INTEGER NOT NULL,
  sending_ms INTEGER NOT NULL,
  latency TEXT NOT NULL,
  planned_changes INTEGER NOT NULL DEFAULT 0,
  planned_withdrawing INTEGER NOT NULL DEFAULT 0,
  planned_granting INTEGER NOT NULL DEFAULT 0,
  handed_rank INTEGER NOT NULL DEFAULT -1,
  handed_line INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE input_column (
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE TABLE input_row (
  run INTEGER NOT NULL,
  line INTEGER NOT NULL,
  customer INTEGER,
  choice INTEGER,
  decided_at INTEGER,
  outcome TEXT NOT NULL,
  before INTEGER,
  after INTEGER,
  http_status INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, line)
) WITHOUT ROWID;
CREATE TABLE source (
  run INTEGER NOT NULL,
  line INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (run, line)
) WITHOUT ROWID;
CREATE TABLE queue (
  run INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  line INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  before INTEGER,
  wanted INTEGER NOT NULL,
  PRIMARY KEY (run, rank, line)
) WITHOUT ROWID;
CREATE TABLE confirmed (
  store TEXT NOT NULL,
  customer INTEGER NOT NULL,
  choice INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL,
  in_doubt INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (store, customer)
) WITHOUT ROWID;
CREATE TABLE evidence (
  store TEXT NOT NULL,
  customer INTEGER NOT NULL,
  before INTEGER,
  after INTEGER NOT NULL,
  decided_at INTEGER,
  confirmed_at INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  line INTEGER NOT NULL
);
CREATE TRIGGER evidence_is_not_rewritten BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_is_not_removed BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
)";

/// How the store's quota was used. Times are microseconds since 1970.
constexpr const char* version_2 = R"(
CREATE TABLE quota_window (
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  begin INTEGER NOT NULL,
  length_ms INTEGER NOT NULL,
  quota INTEGER NOT NULL,
  budget INTEGER NOT NULL,
  used INTEGER NOT NULL,
  throttled INTEGER NOT NULL,
  others INTEGER NOT NULL,
  whole INTEGER NOT NULL,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
)";

/// Rows that make a customer's choice together: one of them carries the change, the others end as it does.
constexpr const char* version_3 = R"(
CREATE TABLE carried_row (
  run INTEGER NOT NULL,
  carrier INTEGER NOT NULL,
  line INTEGER NOT NULL,
  PRIMARY KEY (run, carrier, line)
) WITHOUT ROWID;
)";

/// Rows that end when they are planned lie in blocks (row_block.hpp): `input_row` has only those that are
/// sent. What rows ended as is counted as it happens.
constexpr const char* version_4 = R"(
CREATE TABLE row_block (
  run INTEGER NOT NULL,
  first_line INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (run, first_line)
);
CREATE TABLE outcome_count (
  run INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (run, outcome)
) WITHOUT ROWID;
INSERT INTO outcome_count SELECT run, outcome, count(*) FROM input_row GROUP BY run, outcome;
CREATE TABLE observed (
  run INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  is_there INTEGER NOT NULL,
  choice INTEGER,
  PRIMARY KEY (run, customer)
) WITHOUT ROWID;
CREATE TABLE forecast (
  run INTEGER PRIMARY KEY,
  requests INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  quota INTEGER NOT NULL,
  window_ms INTEGER NOT NULL,
  share REAL NOT NULL,
  is_the_stores INTEGER NOT NULL
);
CREATE TABLE sample (
  run INTEGER PRIMARY KEY,
  customers INTEGER NOT NULL,
  drawn INTEGER NOT NULL,
  seed INTEGER NOT NULL
);
ALTER TABLE run ADD COLUMN plan TEXT NOT NULL DEFAULT '';
ALTER TABLE queue ADD COLUMN input INTEGER;
ALTER TABLE queue ADD COLUMN base_held INTEGER;
ALTER TABLE queue ADD COLUMN base_asked INTEGER;
ALTER TABLE queue ADD COLUMN base_in_doubt INTEGER NOT NULL DEFAULT 0;
UPDATE queue SET input = wanted, base_held = before;
ALTER TABLE confirmed ADD COLUMN asked INTEGER;
)";

/// The history of confirmed changes as a chain (evidence.hpp). What there was before is put into it by
/// version 9, which keeps the chain in another form.
constexpr const char* version_5 = R"(
DROP TRIGGER evidence_is_not_rewritten;
DROP TRIGGER evidence_is_not_removed;
ALTER TABLE evidence RENAME TO evidence_before_5;
CREATE TABLE evidence (
  store TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  erased INTEGER NOT NULL DEFAULT 0,
  customer INTEGER,
  before INTEGER,
  after INTEGER,
  decided_at INTEGER,
  confirmed_at INTEGER,
  run INTEGER,
  line INTEGER NOT NULL DEFAULT 0,
  erases TEXT NOT NULL DEFAULT '',
  secret BLOB,
  digest BLOB,
  link BLOB NOT NULL,
  PRIMARY KEY (store, sequence)
) WITHOUT ROWID;
CREATE TABLE evidence_run (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  input_sha256 TEXT NOT NULL,
  correlation_id TEXT NOT NULL
);
ALTER TABLE run ADD COLUMN undoes TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN evidence_head TEXT NOT NULL DEFAULT '';
)";

/// The queue has the oldest decisions first. One that was planned before keeps its order: as if no row had
/// told.
constexpr const char* version_6 = R"(
CREATE TABLE queue_by_age (
  run INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  line INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  before INTEGER,
  wanted INTEGER NOT NULL,
  input INTEGER NOT NULL,
  base_held INTEGER,
  base_asked INTEGER,
  base_in_doubt INTEGER NOT NULL,
  PRIMARY KEY (run, rank, decided_at, line)
) WITHOUT ROWID;
INSERT INTO queue_by_age SELECT run, rank, -9223372036854775807 - 1, line, customer, before, wanted, input, base_held,
  base_asked, base_in_doubt FROM queue ORDER BY run, rank, line;
DROP TABLE queue;
ALTER TABLE queue_by_age RENAME TO queue;
ALTER TABLE run ADD COLUMN handed_decided_at INTEGER NOT NULL DEFAULT 0;
UPDATE run SET handed_decided_at = -9223372036854775807 - 1;
ALTER TABLE forecast ADD COLUMN deadline INTEGER;
ALTER TABLE forecast ADD COLUMN late_changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE forecast ADD COLUMN late_withdrawals INTEGER NOT NULL DEFAULT 0;
)";

/// Customers by e-mail. Addresses are keyed hashes, customers of one address seven-bit numbers (bytes.hpp). A
/// row that speaks for several customers has an `account` for each; their changes and the rows that others
/// carry have numbers beyond all lines (slot.hpp). `by_email` of a run: 1, or 2 once its sources have been
/// forgotten.
constexpr const char* version_7 = R"(
CREATE TABLE email_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  proof BLOB NOT NULL
);
CREATE TABLE email_owner (
  store TEXT NOT NULL,
  address BLOB NOT NULL,
  customers BLOB NOT NULL,
  asked_at INTEGER NOT NULL,
  PRIMARY KEY (store, address)
) WITHOUT ROWID;
CREATE TABLE email_of_nobody (
  run INTEGER NOT NULL,
  address BLOB NOT NULL,
  PRIMARY KEY (run, address)
) WITHOUT ROWID;
CREATE TABLE account (
  run INTEGER NOT NULL,
  line INTEGER NOT NULL,
  number INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  before INTEGER,
  after INTEGER,
  http_status INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, line, number)
) WITHOUT ROWID;
ALTER TABLE run ADD COLUMN by_email INTEGER NOT NULL DEFAULT 0;
)";

/// What went wrong with requests and was survived, by kind.
constexpr const char* version_8 = R"(
CREATE TABLE fault (
  run INTEGER NOT NULL,
  kind TEXT NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (run, kind)
) WITHOUT ROWID;
)";

/// What people wrote, what is to be sent and the evidence lie in blocks (sources.hpp, queue.hpp,
/// evidence_block.hpp), and how a change ended stays with it: `input_row` has the rows without a change of
/// their own, and those of earlier versions. What is confirmed tells when it was decided, so that no older
/// choice takes its place.
constexpr const char* version_9 = R"(
ALTER TABLE confirmed ADD COLUMN decided_at INTEGER;
CREATE TABLE source_block (
  run INTEGER NOT NULL,
  first_line INTEGER NOT NULL,
  rows BLOB NOT NULL,
  PRIMARY KEY (run, first_line)
);
CREATE TABLE change_block (
  run INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  last_decided_at INTEGER NOT NULL,
  last_line INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  changes BLOB NOT NULL,
  PRIMARY KEY (run, rank, last_decided_at, last_line)
);
CREATE TABLE evidence_block (
  store TEXT NOT NULL,
  first_sequence INTEGER NOT NULL,
  run INTEGER,
  erased INTEGER NOT NULL DEFAULT 0,
  entries BLOB NOT NULL,
  PRIMARY KEY (store, first_sequence)
);
)";

/// Customers of one row lay apart before: of a queue that has some, what was decided at the same time as the
/// last change that was handed out may have been, too.
constexpr const char* version_9_end = R"(
UPDATE run SET handed_line = 1099511627775 WHERE handed_rank >= 0 AND key IN (SELECT run FROM queue WHERE line > 17179869183);
DELETE FROM input_row WHERE outcome = 'pending' AND EXISTS (SELECT 1 FROM queue WHERE queue.run = input_row.run AND queue.line = input_row.line);
DROP TABLE source;
DROP TABLE queue;
DROP TABLE evidence;
DROP TABLE IF EXISTS evidence_before_5;
CREATE TRIGGER evidence_is_not_rewritten BEFORE UPDATE ON evidence_block
WHEN NOT (NEW.erased > OLD.erased AND NEW.store = OLD.store AND NEW.first_sequence = OLD.first_sequence
          AND NEW.run IS OLD.run)
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_is_not_removed BEFORE DELETE ON evidence_block
BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
)";

/// A step from one version to the next: a script, then what no script can do, then the rest of it.
struct Migration {
  const char* script = nullptr;
  void (*step)(Connection&) = nullptr;
  const char* end = nullptr;
};

/// Entry n brings a ledger from version n to n + 1. Entries are never changed, only added.
constexpr std::array migrations{
    Migration{version_1}, Migration{version_2}, Migration{version_3},
    Migration{version_4}, Migration{version_5}, Migration{version_6},
    Migration{version_7}, Migration{version_8}, Migration{version_9, gather_into_blocks, version_9_end}};
constexpr std::int64_t newest_version = migrations.size();

void check_identity(SqliteConnection& connection) {
  const std::int64_t id = connection.read_number("PRAGMA application_id");
  const std::int64_t version = connection.read_number("PRAGMA user_version");
  const bool is_empty = connection.read_number("SELECT count(*) FROM sqlite_master") == 0;
  if (id != application_id && (id != 0 || version != 0 || !is_empty)) {
    throw LedgerError(
        fmt::format("{} is a database of another application and was not touched: name another file.",
                    connection.name()));
  }
  if (version > newest_version) {
    throw LedgerError(
        fmt::format("The ledger {} was written by a newer consent-sync (ledger version {}; this one knows up "
                    "to {}): use that "
                    "program, or another ledger.",
                    connection.name(), version, newest_version));
  }
}

void migrate(SqliteConnection& connection) {
  // Looked at again: another process may have migrated it since, and a newer one beyond what this one knows.
  check_identity(connection);
  const std::int64_t version = connection.read_number("PRAGMA user_version");
  for (std::int64_t next = version; next < newest_version; ++next) {
    const Migration& migration = migrations[static_cast<std::size_t>(next)];
    connection.run_script(migration.script);
    if (migration.step != nullptr) migration.step(connection);
    if (migration.end != nullptr) connection.run_script(migration.end);
  }
  connection.run_script(fmt::format("PRAGMA application_id = {}", application_id).c_str());
  connection.run_script(fmt::format("PRAGMA user_version = {}", newest_version).c_str());
}

}  // namespace

void prepare_schema(SqliteConnection& connection) {
  connection.guarded([&] { check_identity(connection); });
  connection.guarded([&] { connection.run_script("PRAGMA journal_mode = WAL"); });
  connection.guarded([&] { connection.set_pragmas(); });
  const auto version = connection.guarded([&] { return connection.read_number("PRAGMA user_version"); });
  if (version < newest_version) connection.write([&] { migrate(connection); });
}

}  // namespace consent_sync::ledger
