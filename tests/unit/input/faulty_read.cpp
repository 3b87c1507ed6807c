#include "faulty_read.hpp"

#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace {

using consent_sync::input::FaultyRead;

// Long files are read on a thread of their own; those of these tests are short.
std::optional<FaultyRead::How> how;
std::size_t given = 0;
std::size_t calls = 0;

}  // namespace

namespace consent_sync::input {

FaultyRead::FaultyRead(How chosen) {
  how = chosen;
  given = calls = 0;
}

FaultyRead::~FaultyRead() {
  how.reset();
}

}  // namespace consent_sync::input

// The linker's names. NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
ssize_t __real_read(int file, void* into, std::size_t size);

ssize_t __wrap_read(int file, void* into, std::size_t size) {
  if (!how) return __real_read(file, into, size);
  ++calls;
  const bool fails = given >= how->fails_after;
  if (fails || (how->is_interrupted && calls % 2 == 1)) {
    errno = fails ? EIO : EINTR;
    return -1;
  }
  std::size_t most = std::min({size, how->most, how->fails_after - given});
  if (given < how->split_at) most = std::min(most, how->split_at - given);
  const ssize_t got = __real_read(file, into, most);
  if (got > 0) given += static_cast<std::size_t>(got);
  return got;
}
}
// NOLINTEND(bugprone-reserved-identifier)
