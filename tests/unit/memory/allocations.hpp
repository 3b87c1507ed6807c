#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <exception>
#include <new>
#include <string_view>

namespace consent_sync::memory {

/// While it lives, the n-th allocation of this thread (from 1), and no other, finds no memory.
class FailingAllocation {
 public:
  explicit FailingAllocation(std::size_t nth);
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;
  ~FailingAllocation();
  static bool has_failed();
};

/// Does `work` again and again, each time with another allocation failing, until there is none left to fail.
/// Either it says that memory ran out, or it does as well as `expected` says: never something else.
template <class Result, class Work>
void survives_every_failure(const Result& expected, Work work) {
  std::size_t told = 0;
  for (std::size_t nth = 1;; ++nth) {
    bool is_as_expected = true;
    bool is_told = false;
    {
      const FailingAllocation failing(nth);
      try {
        const Result result = work();
        is_as_expected = result == expected;
      } catch (const std::bad_alloc&) {
        is_told = true;
      } catch (const std::exception& error) {
        is_told = std::string_view(error.what()).find("memory") != std::string_view::npos;
        is_as_expected = is_told;
      }
    }
    CAPTURE(nth);
    CHECK(is_as_expected);
    told += is_told ? 1 : 0;
    if (!FailingAllocation::has_failed()) break;
  }
  CHECK(told > 0);
}

}  // namespace consent_sync::memory
