#include "faulty_calls.hpp"

#include <fcntl.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstddef>

namespace consent_sync::ledger::test {
namespace {

using Mishap = FaultyCalls::Mishap;

std::uint64_t calls_left = 0;  // up to the faulty one; 0: none
Mishap fault_to_come = Mishap::io_error;
bool has_come = false;

int error_of(Mishap fault, bool is_read) {
  if (fault == Mishap::interrupted) return EINTR;
  if (fault == Mishap::unsupported) return EOPNOTSUPP;
  return fault == Mishap::full && !is_read ? ENOSPC : EIO;
}

bool is_its_turn() {
  if (calls_left == 0 || --calls_left > 0) return false;
  has_come = true;
  return true;
}

template <class Call>
ssize_t attempt(std::size_t size, bool is_read, Call call) {
  if (fault_to_come == Mishap::unsupported || !is_its_turn()) return call(size);
  if (fault_to_come == Mishap::half) return call(std::max<std::size_t>(1, size / 2));
  if (fault_to_come == Mishap::ends && is_read) return 0;
  errno = error_of(fault_to_come, is_read);
  return -1;
}

bool may_befall_opening(Mishap fault, int flags) {
  if (fault == Mishap::unsupported) return (flags & O_TMPFILE) == O_TMPFILE;
  return fault == Mishap::io_error || fault == Mishap::full;
}

// The errno that it ends with; 0: it goes well.
int mishap_of_opening(int flags) {
  return may_befall_opening(fault_to_come, flags) && is_its_turn() ? error_of(fault_to_come, false) : 0;
}

}  // namespace

FaultyCalls::FaultyCalls(std::uint64_t nth, Mishap fault) {
  calls_left = nth;
  fault_to_come = fault;
  has_come = false;
}

FaultyCalls::~FaultyCalls() {
  calls_left = 0;
}

bool FaultyCalls::has_failed() const {
  return has_come;
}

}  // namespace consent_sync::ledger::test

// The linker's names. NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
ssize_t __real_pread(int file, void* into, std::size_t size, off_t at);
ssize_t __real_pwrite(int file, const void* from, std::size_t size, off_t at);
int __real_open(const char* path, int flags, ...);

ssize_t __wrap_pread(int file, void* into, std::size_t size, off_t at) {
  return consent_sync::ledger::test::attempt(
      size, true, [&](std::size_t part) { return __real_pread(file, into, part, at); });
}

ssize_t __wrap_pwrite(int file, const void* from, std::size_t size, off_t at) {
  return consent_sync::ledger::test::attempt(
      size, false, [&](std::size_t part) { return __real_pwrite(file, from, part, at); });
}

int __wrap_open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  // A file that may be made brings its mode.
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  const int error = consent_sync::ledger::test::mishap_of_opening(flags);
  if (error == 0) return __real_open(path, flags, mode);
  errno = error;
  return -1;
}
}
// NOLINTEND(bugprone-reserved-identifier)
