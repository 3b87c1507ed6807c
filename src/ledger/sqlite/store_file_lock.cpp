#include "store_file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/ledger/ledger.hpp>

#include "../open_file.hpp"
#include "../this_process.hpp"

namespace consent_sync::ledger {
namespace {

class FileLock final : public StoreLock {
 public:
  explicit FileLock(OpenFile file) : file_(std::move(file)) {}

  bool is_held() override { return true; }
  const Fence* fence() const override { return nullptr; }

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

/// Only for people: a lock without a text is as good, so errors are of no consequence.
void write_owner(const OpenFile& file) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string owner = fmt::format("{} since {}", describe_this_process(), consent::to_rfc3339(now));
  if (::ftruncate(file.descriptor(), 0) != 0) return;
  if (::pwrite(file.descriptor(), owner.data(), owner.size(), 0) < 0) return;
}

StoreHeld read_owner(const OpenFile& file) {
  constexpr std::string_view before_time = " since ";
  std::array<char, 512> text{};
  const ssize_t length = ::pread(file.descriptor(), text.data(), text.size(), 0);
  if (length <= 0) return {"another process", std::nullopt};
  const std::string owner(text.data(), static_cast<std::size_t>(length));
  const auto at = owner.rfind(before_time);
  if (at == std::string::npos) return {owner, std::nullopt};
  return {owner, consent::parse_rfc3339(std::string_view(owner).substr(at + before_time.size()))};
}

std::string lock_path(const std::string& ledger_path, const std::string& store) {
  return fmt::format("{}.{}.lock", ledger_path, plain_part(store));
}

/// The whole file, whatever its length. Such a lock belongs to the open file, not to the process: it goes
/// with the last descriptor, and can be asked for without taking it.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store_by_file(const std::string& ledger_path,
                                                                       const std::string& store) {
  const std::string path = lock_path(ledger_path, store);
  OpenFile file = OpenFile::open_or_make(path, "the lock file");
  struct flock lock = whole_file();
  if (::fcntl(file.descriptor(), F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES) return read_owner(file);
    throw LedgerError(fmt::format("Cannot lock {}: {}. Keep the ledger on a local disk.", path,
                                  std::generic_category().message(errno)));
  }
  write_owner(file);
  return std::make_unique<FileLock>(std::move(file));
}

std::optional<StoreHeld> file_lock_holder(const std::string& ledger_path, const std::string& store) {
  const std::string path = lock_path(ledger_path, store);
  if (::access(path.c_str(), F_OK) != 0) return std::nullopt;
  const OpenFile file = OpenFile::open_or_make(path, "the lock file");
  struct flock lock = whole_file();
  const bool is_free = ::fcntl(file.descriptor(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK;
  return is_free ? std::nullopt : std::optional(read_owner(file));
}

}  // namespace consent_sync::ledger
