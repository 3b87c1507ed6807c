#include "temporary_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <consent_sync/ledger/ledger.hpp>

#include "../whole_io.hpp"

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

bool is_full(int error) {
  return error == ENOSPC || error == EDQUOT;
}

}  // namespace

TemporaryFile::TemporaryFile(const Workspace& workspace)
    : workspace_(workspace), descriptor_(open_nameless(workspace.directory)) {
  if (descriptor_ < 0) fail_to_make(errno);
}

TemporaryFile::~TemporaryFile() {
  ::close(descriptor_);
}

void TemporaryFile::write(std::uint64_t position, const void* bytes, std::size_t size) {
  if (const int error = write_whole(descriptor_, position, bytes, size)) fail(error);
}

void TemporaryFile::read(std::uint64_t position, void* bytes, std::size_t size) const {
  const PartRead done = read_whole(descriptor_, position, bytes, size);
  // What was written is not there any more.
  if (done.size < size) fail(done.error != 0 ? done.error : EIO);
}

void TemporaryFile::fail_to_make(int error) const {
  if (is_full(error)) fail(error);
  throw LedgerError(
      fmt::format("No temporary file can be made {} ({}): see to it that you may write there, then run the "
                  "same command again.",
                  workspace_.name, std::generic_category().message(error)));
}

void TemporaryFile::fail(int error) const {
  if (is_full(error)) {
    throw LedgerError(
        fmt::format("No space is left {} for what is being planned: free some disk space, then run the same "
                    "command again.",
                    workspace_.name));
  }
  throw LedgerError(
      fmt::format("Writing or reading a temporary file {} failed ({}): check the disk, then run the same "
                  "command again.",
                  workspace_.name, std::generic_category().message(error)));
}

}  // namespace consent_sync::ledger
