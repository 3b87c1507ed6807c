#include "this_process.hpp"

#include <unistd.h>

#include <array>

#include <fmt/format.h>

namespace consent_sync::ledger {

std::string describe_this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on host {}", ::getpid(), host.data());
}

}  // namespace consent_sync::ledger
