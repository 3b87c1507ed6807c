#include "temporary_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {
namespace {

int open_nameless(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return descriptor;
  // Some file systems (NFS, overlays) know no nameless files.
  std::string name = directory + "/.consent-sync-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

TemporaryFile::TemporaryFile(const std::string& ledger_path) : ledger_path_(ledger_path) {
  const std::filesystem::path directory = std::filesystem::absolute(ledger_path).parent_path();
  descriptor_ = open_nameless(directory.string());
  if (descriptor_ < 0) fail(errno);
}

TemporaryFile::~TemporaryFile() {
  ::close(descriptor_);
}

void TemporaryFile::write(std::uint64_t position, const void* bytes, std::size_t size) {
  const char* from = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::pwrite(descriptor_, from, size, static_cast<off_t>(position));
    if (written < 0 && errno != EINTR) fail(errno);
    if (written <= 0) continue;
    from += written;
    size -= static_cast<std::size_t>(written);
    position += static_cast<std::uint64_t>(written);
  }
}

std::size_t TemporaryFile::read(std::uint64_t position, void* bytes, std::size_t size) const {
  char* into = static_cast<char*>(bytes);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(descriptor_, into + done, size - done, static_cast<off_t>(position + done));
    if (got < 0 && errno != EINTR) fail(errno);
    if (got == 0) break;
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return done;
}

void TemporaryFile::fail(int error) const {
  if (error == ENOSPC || error == EDQUOT) {
    throw LedgerError(
        fmt::format("No space is left beside the ledger {} for what is being planned: free some disk space, "
                    "then run the same "
                    "command again.",
                    ledger_path_));
  }
  throw LedgerError(
      fmt::format("Writing or reading a temporary file beside the ledger {} failed ({}): check the disk, "
                  "then run the same command again.",
                  ledger_path_, std::strerror(error)));
}

}  // namespace consent_sync::ledger
