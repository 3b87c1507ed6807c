#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace consent_sync::ledger::test {

/// How an operation on a file fails. What no file system says of an operation becomes its usual error.
enum class Failure : std::uint8_t {
  io_error,     ///< SQLITE_IOERR_READ, _WRITE, _FSYNC ...; of an open SQLITE_CANTOPEN
  full,         ///< of a write: SQLITE_FULL
  short_write,  ///< of a write: half of it is there, then SQLITE_FULL
  short_read    ///< of a read: half of it comes, as if the file ended there
};

/// While it lives, every file that SQLite opens is opened through it: it counts the operations on them and
/// makes those fail that it is told to. Nothing is really synced, which saves the time. One at a time, on one
/// thread; outlives the ledgers opened while it lived.
class FaultyFiles {
 public:
  FaultyFiles();
  FaultyFiles(const FaultyFiles&) = delete;
  FaultyFiles& operator=(const FaultyFiles&) = delete;
  ~FaultyFiles();

  /// Operations since the last call of fail() or of heal(). Giving up a lock and closing are none: they do
  /// not fail.
  std::uint64_t operations() const { return operations_; }
  /// The n-th operation from now (1: the next) fails, and with `lasting` all after it too.
  void fail(std::uint64_t nth, Failure how, bool lasting);
  void heal();
  /// An operation has failed since fail().
  bool has_failed() const { return has_failed_; }

  /// What of the writes that no sync has made durable is there after a power cut.
  enum class Unsynced : std::uint8_t { lost, kept, some };
  /// Files as a power cut just before the n-th operation from now leaves them: see images(). The operations
  /// go on afterwards; `on_cut` is called at that instant.
  void cut_power(std::uint64_t nth, Unsynced unsynced, unsigned seed, std::function<void()> on_cut);
  /// By their paths; empty before the cut.
  const std::map<std::string, std::string>& images() const { return images_; }

  // For the functions that SQLite calls:
  struct Write {
    std::uint64_t position = 0;
    std::string bytes;
    bool is_cut = false;  ///< the file was cut at `position`
  };
  /// True: it fails.
  bool begin_operation();
  int code_of(int usual, bool is_write) const;
  Failure failure() const { return how_; }
  void opened(const std::string& path);
  void written(const std::string& path, Write write);
  void synced(const std::string& path);
  void removed(const std::string& path) { tracked_.erase(path); }

 private:
  struct Tracked {
    std::string durable;
    std::vector<Write> unsynced;
  };
  static void apply(std::string& content, const Write& write);
  void take_images();

  sqlite3_vfs* system_;
  std::uint64_t operations_ = 0;
  std::uint64_t failing_ = 0;  ///< 0: none
  Failure how_ = Failure::io_error;
  bool is_lasting_ = false;
  bool has_failed_ = false;

  std::map<std::string, Tracked> tracked_;
  std::map<std::string, std::string> images_;
  std::uint64_t cut_at_ = 0;  ///< 0: never
  Unsynced unsynced_ = Unsynced::lost;
  std::mt19937 random_;
  std::function<void()> on_cut_;
};

}  // namespace consent_sync::ledger::test
