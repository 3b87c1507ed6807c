#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace consent_sync::ledger {

/// What is left to do of a batch: the stores of one night, or of one import, that any number of processes on
/// any number of machines take off one list in a ledger on a server. A store that was taken comes again when
/// its taker is not heard of any more, and nobody holds the lease of the store. It may be looked at for some
/// of its stores only: then it is as if it had no others. One thread at a time.
class WorkList {
 public:
  /// A store, taken. Only its latest taking can end it.
  struct Taken {
    std::string store;
    int taking = 1;  ///< how many times it has been taken
  };

  /// How far the batch is. Counts are stores.
  struct Standing {
    std::size_t stores = 0;
    std::size_t ended = 0;
    std::size_t taken = 0;  ///< at work, as far as is known
  };

  virtual ~WorkList() = default;

  /// Puts those on the list that were never on it.
  virtual void add(std::span<const std::string> stores) = 0;
  /// The next store whose turn it is; nothing: none at the moment. Those that were never taken come first.
  virtual std::optional<Taken> take() = 0;
  /// They are still at work here: to be said several times in a lease, else they come again. They do also
  /// when the lease of a store ends while its process has it, or when its process is without it for five
  /// leases. Says which of them are another's by now, or have ended elsewhere.
  virtual std::vector<std::string> keep(std::span<const Taken> taken) = 0;
  /// The store needs nothing more of this batch. Whoever has lost it to another does not end it.
  virtual void end(const Taken& taken, int exit_code) = 0;
  /// It comes again, after a pause at the earliest.
  virtual void put_back(const Taken& taken, int exit_code, std::chrono::milliseconds pause) = 0;
  virtual Standing standing() = 0;
  /// With which exit codes stores of the batch have ended: each code once.
  virtual std::vector<int> exit_codes() = 0;
};

/// The list of a batch in the ledger at `location`; made if there is none. `only`: those of its stores that
/// are looked at; empty: all. `lease`: for how long a store counts as at work after it was taken or kept.
/// Throws LedgerError, as all its functions do, and for a ledger in a file.
std::unique_ptr<WorkList> open_work_list(const std::string& location, const std::string& batch,
                                         std::span<const std::string> only, std::chrono::milliseconds lease);

}  // namespace consent_sync::ledger
