#include "faulty_calls.hpp"

#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace consent_sync::ledger::test {
namespace {

using Mishap = FaultyCalls::Mishap;

std::uint64_t calls_left = 0;  // up to the faulty one; 0: none
Mishap fault_to_come = Mishap::io_error;
bool has_come = false;

int error_of(Mishap fault, bool is_write) {
  if (fault == Mishap::interrupted) return EINTR;
  return fault == Mishap::full && is_write ? ENOSPC : EIO;
}

template <class Call>
ssize_t attempt(std::size_t size, bool is_write, Call call) {
  if (calls_left == 0 || --calls_left > 0) return call(size);
  has_come = true;
  if (fault_to_come == Mishap::half) return call(std::max<std::size_t>(1, size / 2));
  if (fault_to_come == Mishap::ends && !is_write) return 0;
  errno = error_of(fault_to_come, is_write);
  return -1;
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

ssize_t __wrap_pread(int file, void* into, std::size_t size, off_t at) {
  return consent_sync::ledger::test::attempt(
      size, false, [&](std::size_t part) { return __real_pread(file, into, part, at); });
}

ssize_t __wrap_pwrite(int file, const void* from, std::size_t size, off_t at) {
  return consent_sync::ledger::test::attempt(
      size, true, [&](std::size_t part) { return __real_pwrite(file, from, part, at); });
}
}
// NOLINTEND(bugprone-reserved-identifier)
