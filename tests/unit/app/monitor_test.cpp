#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>

#include <pthread.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "monitoring/hooks.hpp"
#include "monitoring/monitor.hpp"

using namespace consent_sync;
using namespace consent_sync::app;

namespace {

/// While it is there no thread can be made: each would get a stack for which there is no room.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t vast;
    pthread_attr_init(&vast);
    pthread_attr_setstacksize(&vast, std::size_t{1} << 50U);
    REQUIRE(pthread_setattr_default_np(&vast) == 0);
    pthread_attr_destroy(&vast);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_{};
};

/// What is logged while it is there.
class LogHeard {
 public:
  LogHeard() : before_(spdlog::default_logger()) {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  }
  LogHeard(const LogHeard&) = delete;
  LogHeard& operator=(const LogHeard&) = delete;
  ~LogHeard() { spdlog::set_default_logger(before_); }

  bool has(const std::string& words) const { return text_.str().find(words) != std::string::npos; }

 private:
  std::ostringstream text_;
  const std::shared_ptr<spdlog::logger> before_;
};

Config::Hooks hooks_to_nobody() {
  Config::Hooks hooks;
  hooks.on_start = "https://127.0.0.1:1/start";
  return hooks;
}

}  // namespace

TEST_CASE("a hook that no thread can be made for is a warning") {
  const LogHeard log;
  Hooks hooks(hooks_to_nobody());
  const NoThreads none;
  CHECK_NOTHROW(hooks.tell(HookEvent::start, "{}"));
  CHECK(log.has("hooks.on_start could not be told: "));
}

TEST_CASE("a ledger that cannot say how a run goes is a warning") {
  const LogHeard log;
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "consent-sync-monitor-test.db";
  std::filesystem::remove(path);
  const std::unique_ptr<ledger::Ledger> ledger = ledger::open_ledger("sqlite:" + path.string());
  const Config config;
  Monitor monitor(config, ledger::Mode::sync);
  CHECK_NOTHROW(monitor.on_planned(*ledger, "no such run"));
  CHECK_NOTHROW(monitor.on_ended(*ledger, "no such run", ExitCode::ok));
  CHECK(log.has("metrics could not be brought up to date: "));
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + ending);
}
