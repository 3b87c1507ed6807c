#include "recorder.hpp"

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

using namespace consent_sync;
namespace asio = boost::asio;

namespace {

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
