#include "key_file.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <consent_sync/ledger/ledger.hpp>

#include "../open_file.hpp"
#include "../whole_io.hpp"

namespace consent_sync::ledger {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw LedgerError(fmt::format("The key of the ledger's hashes, {}, {}.", path, why));
}

void check_owner_only(int descriptor, const std::string& path) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0)
    fail(path, fmt::format("cannot be read: {}", std::generic_category().message(errno)));
  if ((facts.st_mode & 077) != 0) {
    fail(path, fmt::format("can be read by others than its owner; run chmod 600 {}", path));
  }
}

HashKey make_key(int descriptor, const std::string& path) {
  const HashKey key = random_key();
  int error = write_whole(descriptor, 0, key.data(), key.size());
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (error != 0) {
    // Half a key must not pass for one.
    if (::ftruncate(descriptor, 0) != 0) ::unlink(path.c_str());
    fail(path, fmt::format("cannot be written: {}", std::generic_category().message(error)));
  }
  return key;
}

}  // namespace

HashKey load_key_file(const std::string& ledger_path) {
  const std::string path = ledger_path + ".email-key";
  const OpenFile file = OpenFile::open_or_make(path, "the key of the ledger's hashes");
  check_owner_only(file.descriptor(), path);
  // Runs of different stores may share a ledger: one of them makes the key.
  if (::flock(file.descriptor(), LOCK_EX) != 0)
    fail(path, fmt::format("cannot be locked: {}", std::generic_category().message(errno)));
  HashKey key{};
  const PartRead read = read_whole(file.descriptor(), 0, key.data(), key.size());
  if (read.error != 0)
    fail(path, fmt::format("cannot be read: {}", std::generic_category().message(read.error)));
  if (read.size == 0) return make_key(file.descriptor(), path);
  if (read.size != key.size()) {
    fail(path,
         "is damaged; remove it: the store is then asked again whose e-mail addresses are, and logs name "
         "customers anew");
  }
  return key;
}

}  // namespace consent_sync::ledger
