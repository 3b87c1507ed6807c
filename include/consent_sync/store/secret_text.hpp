#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

namespace consent_sync::store {

/// Overwrites memory before it gives it back, in a way that no compiler takes for useless.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    ::explicit_bzero(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }

  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

/// Text that holds a secret, and leaves none of it in memory when it is destroyed, grows or is moved away.
/// What is shorter than 16 bytes is kept in the object itself, and is not wiped: no access token is that
/// short. A std::string made of it, or formatting it, leaves a copy: append it.
using SecretText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

}  // namespace consent_sync::store
