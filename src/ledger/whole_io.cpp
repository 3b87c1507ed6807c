#include "whole_io.hpp"

#include <unistd.h>

#include <cerrno>

namespace consent_sync::ledger {

int write_whole(int descriptor, std::uint64_t position, const void* bytes, std::size_t size) {
  const char* from = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::pwrite(descriptor, from, size, static_cast<off_t>(position));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return EIO;  // it would be so for ever
    from += written;
    size -= static_cast<std::size_t>(written);
    position += static_cast<std::uint64_t>(written);
  }
  return 0;
}

PartRead read_whole(int descriptor, std::uint64_t position, void* into, std::size_t size) {
  PartRead done;
  while (done.size < size) {
    const ssize_t got = ::pread(descriptor, static_cast<char*>(into) + done.size, size - done.size,
                                static_cast<off_t>(position + done.size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) done.error = errno;
    if (got <= 0) break;
    done.size += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace consent_sync::ledger
