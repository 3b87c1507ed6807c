#pragma once

#include <memory>
#include <optional>
#include <string>

#include <consent_sync/ledger/ledger.hpp>

#include "connection.hpp"
#include "staging/staging.hpp"

struct sqlite3_stmt;

namespace consent_sync::ledger {

/// Reads a table of customers from one end to the other, beside a list of customers that rises: rows that the
/// list passes over are stepped over while they are few, and jumped over while they are many.
class CustomerScan {
 public:
  /// `sql`: its first column is the customer, its last parameter the one to start from; it gives rows in the
  /// order of the customers. `first`: its first parameter, an integer or a text.
  CustomerScan(Connection& connection, const char* sql, std::int64_t first);
  CustomerScan(Connection& connection, const char* sql, const std::string& first);
  CustomerScan(const CustomerScan&) = delete;
  CustomerScan& operator=(const CustomerScan&) = delete;
  ~CustomerScan();

  /// Is there a row of this customer? Customers rise from call to call.
  bool find(std::int64_t customer);
  /// Lets go of the ledger's state of now; the next find() sees that of then. A read that goes on for long
  /// would keep the log of what is written meanwhile from being taken into the file.
  void rest();
  /// Of the row that was found.
  std::uint8_t choice(int column) const;
  bool flag(int column) const;

 private:
  CustomerScan(Connection& connection, const char* sql);
  void start_at(std::int64_t customer);
  void step();

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  std::optional<std::int64_t> at_;  ///< the customer of the current row; nothing at the end
  bool started_ = false;
};

/// A run's customers, with all that is known of each. Reads through connections of its own.
class CustomerStream {
 public:
  CustomerStream(Staging& staging, const std::string& ledger_path, std::int64_t run,
                 const std::string& store);

  /// The next customer; null at the end. Valid until the next call. Throws SQLite::Exception and LedgerError.
  const CustomerRows* next();
  /// See CustomerScan::rest().
  void rest();

 private:
  Connection connection_;
  ExternalSort<CustomerEntry>::Reader entries_;
  CustomerScan confirmed_;
  CustomerScan observed_;
  std::optional<CustomerEntry> ahead_;
  CustomerRows current_;
};

}  // namespace consent_sync::ledger
