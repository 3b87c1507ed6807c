#pragma once

#include <functional>

namespace consent_sync::store::test {

/// While it lives, whoever looks up the name held_name waits until release(). It is this machine's then. Ends
/// when nobody waits any more.
class HeldLookup {
 public:
  static constexpr const char* held_name = "held.test";

  /// `on_asked` is called once somebody waits, on that thread.
  explicit HeldLookup(std::function<void()> on_asked = [] {});
  ~HeldLookup();
  HeldLookup(const HeldLookup&) = delete;
  HeldLookup& operator=(const HeldLookup&) = delete;

  void release();
  /// How often the name has been asked for.
  int lookups() const;
  /// How often whoever asked for it has gone on.
  int answers() const;
};

}  // namespace consent_sync::store::test
