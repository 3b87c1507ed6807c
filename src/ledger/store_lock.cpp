#include <consent_sync/ledger/store_lock.hpp>

#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/ledger/ledger.hpp>

#include "location.hpp"
#include "open_file.hpp"

namespace consent_sync::ledger {
namespace {

class FileLock final : public StoreLock {
 public:
  explicit FileLock(OpenFile file) : file_(std::move(file)) {}

 private:
  OpenFile file_;
};

/// Letters, digits, '-' and '_'; anything else, such as a slash, becomes '_'.
std::string plain_part(const std::string& store) {
  std::string part = store;
  for (char& c : part) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!is_plain) c = '_';
  }
  return part;
}

std::string describe_this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("process {} on host {} since {}", ::getpid(), host.data(), consent::to_rfc3339(now));
}

/// Only for people: a lock without a text is as good, so errors are of no consequence.
void write_owner(const OpenFile& file) {
  const std::string owner = describe_this_process();
  if (::ftruncate(file.descriptor(), 0) != 0) return;
  if (::pwrite(file.descriptor(), owner.data(), owner.size(), 0) < 0) return;
}

std::string read_owner(const OpenFile& file) {
  std::array<char, 512> text{};
  const ssize_t length = ::pread(file.descriptor(), text.data(), text.size(), 0);
  if (length <= 0) return "another process";
  return std::string(text.data(), static_cast<std::size_t>(length));
}

}  // namespace

std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store(const std::string& location,
                                                               const std::string& store) {
  const std::string path = fmt::format("{}.{}.lock", path_of_location(location), plain_part(store));
  OpenFile file = OpenFile::open_or_make(path, "the lock file");
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return StoreHeld{read_owner(file)};
    throw LedgerError(
        fmt::format("Cannot lock {}: {}. Keep the ledger on a local disk.", path, std::strerror(errno)));
  }
  write_owner(file);
  return std::make_unique<FileLock>(std::move(file));
}

}  // namespace consent_sync::ledger
