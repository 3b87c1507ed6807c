#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace consent_sync::ledger {

/// Sorts records by key() (unsigned, 64 bits), equal keys in the order they came. `scratch` is room to work
/// in. Takes a pass over the records for each byte in which their keys differ.
template <class Record>
void radix_sort(std::vector<Record>& records, std::vector<Record>& scratch) {
  if (records.size() < 2) return;
  std::uint64_t differing = 0;
  for (const Record& record : records) differing |= record.key() ^ records.front().key();
  scratch.resize(records.size());
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if (((differing >> shift) & 0xFFU) == 0) continue;
    std::array<std::size_t, 256> places{};
    for (const Record& record : records) ++places[(record.key() >> shift) & 0xFFU];
    std::size_t place = 0;
    for (std::size_t& digit : places) {
      const std::size_t count = digit;
      digit = place;
      place += count;
    }
    for (const Record& record : records) scratch[places[(record.key() >> shift) & 0xFFU]++] = record;
    records.swap(scratch);
  }
}

}  // namespace consent_sync::ledger
