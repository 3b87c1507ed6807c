#include "held_lookup.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <utility>

#include <dlfcn.h>
#include <netdb.h>

namespace consent_sync::store::test {
namespace {

std::mutex mutex;
std::condition_variable changed;
bool is_held = false;
int times_asked = 0;
int times_answered = 0;
std::function<void()> tell_asked;

void wait_while_held() {
  std::unique_lock lock(mutex);
  ++times_asked;
  if (is_held) tell_asked();
  // A test that fails before it lets go is not to wait for ever.
  changed.wait_for(lock, std::chrono::minutes(1), [] { return !is_held; });
  ++times_answered;
  changed.notify_all();
}

}  // namespace

HeldLookup::HeldLookup(std::function<void()> on_asked) {
  const std::lock_guard lock(mutex);
  is_held = true;
  times_asked = 0;
  times_answered = 0;
  tell_asked = std::move(on_asked);
}

HeldLookup::~HeldLookup() {
  release();
  std::unique_lock lock(mutex);
  changed.wait(lock, [] { return times_answered == times_asked; });
}

void HeldLookup::release() {
  const std::lock_guard lock(mutex);
  is_held = false;
  changed.notify_all();
}

int HeldLookup::lookups() const {
  const std::lock_guard lock(mutex);
  return times_asked;
}

int HeldLookup::answers() const {
  const std::lock_guard lock(mutex);
  return times_answered;
}

}  // namespace consent_sync::store::test

/// Stands before the system's own, for this program.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  using consent_sync::store::test::HeldLookup;
  static const auto system_lookup =
      reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name == nullptr || std::string_view(name) != HeldLookup::held_name) {
    return system_lookup(name, service, hints, found);
  }
  consent_sync::store::test::wait_while_held();
  return system_lookup("127.0.0.1", service, hints, found);
}
