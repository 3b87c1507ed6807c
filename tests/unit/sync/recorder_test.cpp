#include "recorder.hpp"

#include <doctest/doctest.h>

#include <semaphore>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

using namespace consent_sync;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

// Generous: a test that needs it has failed already.
constexpr auto patience = 60s;

/// Has no changes, and notes how many results each commit had. With `is_slow` a commit lasts until it is
/// released.
struct NotedWork : sync::Work {
  std::vector<ledger::QueuedChange> take(ledger::QueuePosition, std::size_t) override { return {}; }
  void record(std::span<const consent::ChangeResult> results, std::span<const ledger::WindowUse>,
              const ledger::Traffic&) override {
    if (results.empty()) return;  // the last word on what was counted
    commits.push_back(results.size());
    begun.release();
    if (is_slow) released.acquire();
  }
  void give_back(ledger::QueuePosition) override {}

  bool is_slow = false;
  std::vector<std::size_t> commits;
  std::counting_semaphore<> begun{0};
  std::counting_semaphore<> released{0};
};

struct RecorderFixture {
  void record(std::size_t count) {
    const auto customer = consent::CustomerId::from(7).value();
    const consent::Change change{2, customer, std::nullopt, consent::Choice::from_masks(1, 14).value()};
    for (std::size_t n = 0; n < count; ++n) recorder.record({change, consent::Outcome::applied});
  }

  /// The engine's part, until all has been committed.
  void run_until_recorded() {
    while (recorder.unrecorded() > 0 && io.run_one_for(patience) > 0) {
    }
  }

  NotedWork work;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> more_to_come{io.get_executor()};
  sync::Recorder recorder{work, io.get_executor(), [] {}, [](ledger::Traffic&) {}};
};

/// Has ever more changes; counts what is brought back.
struct EndlessWork final : sync::Work {
  std::vector<ledger::QueuedChange> take(ledger::QueuePosition, std::size_t limit) override {
    std::vector<ledger::QueuedChange> taken;
    for (std::size_t i = 0; i < limit; ++i) {
      ++given;
      const consent::Change change{given, consent::CustomerId::from(given).value(), std::nullopt, {}};
      taken.push_back({ledger::QueuePosition{0, {}, given}, change, false});
    }
    return taken;
  }
  void record(std::span<const consent::ChangeResult> results, std::span<const ledger::WindowUse> ended,
              const ledger::Traffic&) override {
    recorded += results.size();
    windows += ended.size();
  }
  void give_back(ledger::QueuePosition) override {}

  std::int64_t given = 0;
  std::size_t recorded = 0;
  std::size_t windows = 0;
};

/// Takes changes, as they come, up to the one that the work gave out as number `last`.
void take_up_to(std::int64_t last, sync::Recorder& recorder, asio::io_context& io) {
  for (std::int64_t line = 0; line < last;) {
    if (const auto next = recorder.next_change()) {
      line = next->change.line;
    } else {
      io.run_one();
    }
  }
}

}  // namespace

TEST_CASE("a result is committed before long, though no other follows it and the run does not end") {
  RecorderFixture f;
  for (int n = 0; n < 2; ++n) {
    f.record(1);
    f.run_until_recorded();
    CHECK(f.recorder.unrecorded() == 0);
  }
  f.recorder.finish();
  CHECK(f.work.commits == std::vector<std::size_t>{1, 1});
}

TEST_CASE("a commit takes all that has queued, and when too much has, no more is to be sent") {
  RecorderFixture f;
  f.work.is_slow = true;
  f.record(1);
  CHECK(f.work.begun.try_acquire_for(patience));
  f.record(4094);
  CHECK_FALSE(f.recorder.is_full());
  f.record(1);
  CHECK(f.recorder.is_full());
  f.work.released.release(2);
  f.run_until_recorded();
  CHECK_FALSE(f.recorder.is_full());
  f.recorder.finish();
  CHECK(f.work.commits == std::vector<std::size_t>{1, 4095});
}

TEST_CASE("a window that ended before any result is recorded also where the ledger is only asked for more") {
  asio::io_context io(1);
  const auto more_comes = asio::make_work_guard(io);
  EndlessWork work;
  sync::Recorder recorder(
      work, io.get_executor(), [] {}, [](ledger::Traffic&) {});
  take_up_to(1, recorder, io);
  recorder.record(ledger::WindowUse{});
  take_up_to(1025, recorder, io);
  recorder.finish();
  CHECK(work.windows == 1);
  CHECK(work.recorded == 0);
}
