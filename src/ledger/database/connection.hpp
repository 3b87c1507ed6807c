#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include <consent_sync/ledger/ledger.hpp>

#include "../hash_key.hpp"
#include "../workspace.hpp"
#include "statement.hpp"

namespace consent_sync::ledger {

/// What the database under a ledger could not do, or what cannot be true of what it holds.
class DatabaseError : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t { full, not_writable, busy, damaged, no_ledger, io, unreachable, other };

  DatabaseError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// Throws DatabaseError (damaged) when a statement changed another number of rows than it had to.
inline void require_changed(int changed, std::optional<int> expected) {
  if (expected && changed != *expected)
    throw DatabaseError(DatabaseError::Kind::damaged, "what it has handed out is not in it");
}

/// What `read` makes of stored bytes. Throws DatabaseError (damaged) where it throws std::out_of_range: they
/// are none of what was written.
template <class Read>
auto read_stored(Read read) {
  try {
    return read();
  } catch (const std::out_of_range& problem) {
    throw DatabaseError(DatabaseError::Kind::damaged,
                        std::string("stored rows make no sense: ") + problem.what());
  }
}

/// One connection to the database of a ledger, with its prepared statements. The SQL of the ledger is what
/// SQLite and PostgreSQL both understand, with SQLite's parameters (?, ?1). One thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;

  /// What messages call the ledger; never with a password.
  const std::string& name() const { return name_; }
  const Workspace& workspace() const { return workspace_; }

  // The statement for this text, prepared once. Texts are literals: they are told apart by their address.
  Statement& prepared(const char* sql) { return statement(sql, Rows::few); }
  /// For a query whose rows may be many: they are not held in memory all at once.
  Statement& scan(const char* sql) { return statement(sql, Rows::many); }
  /// For adding rows by the million, with execute_later(): `sql` inserts one, a parameter a column. What it
  /// adds may be seen only once the transaction is committed.
  Statement& appender(const char* sql) { return statement(sql, Rows::added); }

  virtual void run_script(const char* sql) = 0;

  /// Another connection to the same ledger, for reading beside this one.
  virtual std::unique_ptr<Connection> another() const = 0;

  /// Within write(): until it ends nobody else writes about this store. Throws LedgerError where the right to
  /// work on the store has been lost to somebody else.
  virtual void own(const std::string& store) = 0;

  /// From now on and until the connection goes, it shows one state of the ledger, whatever is written
  /// meanwhile.
  virtual void begin_read() = 0;

  /// The key of what stands for addresses and customers; made if there is none. Throws LedgerError.
  virtual HashKey hash_key() = 0;

  /// After an erasure: why what was deleted may still be found in the database's files; empty: it cannot.
  virtual std::string traces_of_deleted() = 0;
  /// Where the database keeps what was deleted out of our reach, for people; empty: nowhere.
  virtual std::string beyond_reach() const = 0;

  /// Does `work`, turning any DatabaseError into a LedgerError that says what to do.
  template <class Work>
  auto guarded(Work work) const {
    try {
      return work();
    } catch (const DatabaseError& error) {
      throw LedgerError(describe(error));
    }
  }

  /// Does `work` in one transaction: it is on disk, or it did not happen.
  template <class Work>
  void write(Work work) {
    guarded([&] {
      Transaction transaction(*this);
      work();
      transaction.commit();
    });
  }

 protected:
  enum class Rows : std::uint8_t { few, many, added };

  Connection(std::string name, Workspace workspace)
      : name_(std::move(name)), workspace_(std::move(workspace)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  virtual std::unique_ptr<Statement> prepare(const char* sql, Rows rows) = 0;
  virtual void begin_write() = 0;
  virtual void commit() = 0;
  /// Ends a transaction that is not to be committed.
  virtual void rollback() noexcept = 0;
  /// What happened, where, and what to do.
  virtual std::string describe(const DatabaseError& error) const = 0;

  /// Before the database goes.
  void forget_statements() { prepared_.clear(); }

 private:
  class Transaction {
   public:
    explicit Transaction(Connection& connection) : connection_(connection) { connection_.begin_write(); }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
      if (!is_committed_) connection_.rollback();
    }
    void commit() {
      connection_.commit();
      is_committed_ = true;
    }

   private:
    Connection& connection_;
    bool is_committed_ = false;
  };

  Statement& statement(const char* sql, Rows rows) {
    std::unique_ptr<Statement>& found = prepared_[sql];
    if (!found) found = prepare(sql, rows);
    return *found;
  }

  const std::string name_;
  const Workspace workspace_;
  std::unordered_map<const char*, std::unique_ptr<Statement>> prepared_;
};

}  // namespace consent_sync::ledger
