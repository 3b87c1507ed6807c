#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <consent_sync/sandbox/fault.hpp>

namespace consent_sync::sandbox {

/// Which request this is. Numbers count from 1.
struct RequestOrdinal {
  std::int64_t number = 0;
  std::optional<std::int64_t> customer;  ///< whose consent it is about
  std::int64_t number_for_customer = 0;
};

/// All that goes wrong with one request. One fault at most decides the reply; the others may come on top.
struct Strike {
  std::optional<Fault> reply;
  std::chrono::milliseconds delay{0};
  std::int64_t drain = 0;
  bool revoke = false;
  bool announced_close = false;
  bool silent_close = false;
  std::vector<std::string_view> names;
};

/// Decides which faults strike. The same seed and the same order of requests give the same faults.
class FaultSchedule {
 public:
  FaultSchedule(std::vector<Fault> faults, std::uint64_t seed);

  void add(std::vector<Fault> faults);
  void replace(std::vector<Fault> faults) { faults_ = std::move(faults); }

  /// Of the faults that decide the reply the first in the list wins.
  Strike strike(const RequestOrdinal& request) const;

 private:
  bool strikes(const Fault& fault, std::size_t index, const RequestOrdinal& request) const;

  std::vector<Fault> faults_;
  std::uint64_t seed_;
};

}  // namespace consent_sync::sandbox
