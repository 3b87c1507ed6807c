#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace consent_sync::ledger {

/// A statement of a database, prepared once and run many times. Parameters count from 1, columns from 0. What
/// the database cannot do throws DatabaseError.
class Statement {
 public:
  virtual ~Statement() = default;

  /// Lets go of the rows of the last run. Never throws.
  virtual void reset() noexcept = 0;

  /// From here to the next reset() a text, or bytes, lives until the statement has run: it need not be
  /// copied.
  virtual void borrow_values() noexcept {}
  virtual void bind_null(int index) = 0;
  virtual void bind_integer(int index, std::int64_t value) = 0;
  virtual void bind_real(int index, double value) = 0;
  virtual void bind_text(int index, std::string_view value) = 0;
  virtual void bind_bytes(int index, std::string_view value) = 0;

  /// Runs a statement that gives no rows; the number of rows it changed.
  virtual int execute() = 0;

  /// The same at some time before the transaction is committed, or before the next statement that is not run
  /// later; in the order in which they are asked for. `expected`: the number of rows it has to change, where
  /// that is known; another throws DatabaseError (damaged), then or now.
  virtual void execute_later(std::optional<int> expected) = 0;

  /// Goes to the next row; the first call runs the statement. False at the end.
  virtual bool step() = 0;

  // Of the row it is at. Views are valid until the next call.
  virtual bool is_null(int column) = 0;
  virtual std::int64_t integer(int column) = 0;  ///< of a truth value: 0 or 1
  virtual double real(int column) = 0;
  virtual std::string_view text(int column) = 0;
  virtual std::string_view bytes(int column) = 0;

 protected:
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
};

}  // namespace consent_sync::ledger
