#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/ledger/store_lock.hpp>

#include "../database/query.hpp"
#include "statements.hpp"

namespace consent_sync::ledger::postgresql {

/// A ledger that any number of processes on any number of machines share. Who writes about a store keeps
/// others from writing about that store.
class PostgresConnection final : public Connection {
 public:
  /// Touches nothing in the database. Throws LedgerError.
  PostgresConnection(const std::string& url, std::optional<Fence> fence);
  ~PostgresConnection() override;

  void run_script(const char* sql) override { session_->run(sql); }
  std::unique_ptr<Connection> another() const override;
  void own(const std::string& store) override;
  void begin_read() override;
  std::string traces_of_deleted() override;
  std::string beyond_reach() const override;
  HashKey hash_key() override;

 protected:
  std::unique_ptr<Statement> prepare(const char* sql, Rows rows) override;
  void begin_write() override;
  void commit() override;
  void rollback() noexcept override;
  std::string describe(const DatabaseError& error) const override;

 private:
  void hold_fence();
  /// What keeps others from writing about a store; false: there is nothing to lock.
  bool holds(Query&& lock);
  bool is_deleted_seen();

  const std::string url_;
  const std::optional<Fence> fence_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Cursors> cursors_;
  std::vector<AppendStatement*> appenders_;
  std::string last_write_;  ///< the transaction that wrote about a store last
};

/// Connects, and makes or migrates the ledger's tables. Throws LedgerError.
std::unique_ptr<Connection> open_postgresql_ledger(const std::string& url, std::optional<Fence> fence);

/// Whether the database has a ledger in it. Throws LedgerError.
bool has_postgresql_ledger(const std::string& url);

/// What to tell a person about an error of the ledger of this name.
std::string describe_error(const std::string& name, const DatabaseError& error);

/// Connection::guarded(), where there is only a session.
template <class Work>
auto as_ledger_error(const std::string& name, Work work) {
  try {
    return work();
  } catch (const DatabaseError& error) {
    throw LedgerError(describe_error(name, error));
  }
}

}  // namespace consent_sync::ledger::postgresql
