#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <string_view>

#include <consent_sync/store/exchange.hpp>

#include "../exit_code.hpp"
#include "../settings/config.hpp"

namespace consent_sync::app {

enum class HookEvent : std::uint8_t { start, success, problem, failure };

/// "start", ...: the value of the header X-Consent-Sync-Event.
std::string_view to_string(HookEvent event);

/// What the end of a run is to whoever watches it.
HookEvent event_of(ExitCode code);

/// The hook took it.
bool is_delivered(const store::Exchange& exchange);
/// Another try may be luckier: nobody answered, or the other side has a bad moment.
bool is_worth_another_try(const store::Exchange& exchange);

/// Throws a Failure when no hook could be told under these settings.
void require_usable(const Config::Hooks& hooks);

/// Tells web hooks how a run goes, beside it: in order, each with three tries. What cannot be told is a
/// warning in the log and nothing else. Never throws.
class Hooks {
 public:
  explicit Hooks(Config::Hooks hooks) : hooks_(std::move(hooks)) {}
  /// Waits until all was told or given up.
  ~Hooks();

  /// `body` is JSON. Returns at once, unless the hook before is still being told.
  void tell(HookEvent event, std::string body);

 private:
  void wait();

  const Config::Hooks hooks_;
  std::future<void> telling_;
};

}  // namespace consent_sync::app
