#include "open_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::ledger {

OpenFile OpenFile::open_or_make(const std::string& path, const std::string& what) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    throw LedgerError(
        fmt::format("Cannot open {} {}: {}. Check that its directory exists and that you may write there.",
                    what, path, std::generic_category().message(errno)));
  }
  return OpenFile(descriptor);
}

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace consent_sync::ledger
