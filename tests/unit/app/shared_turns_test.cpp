#include <doctest/doctest.h>

#include <deque>
#include <stdexcept>

#include <consent_sync/ledger/ledger.hpp>

#include "exit_code.hpp"
#include "stores/after_turn.hpp"
#include "stores/shared_turns.hpp"

using namespace consent_sync;
using namespace consent_sync::app;
using namespace std::chrono_literals;

namespace {

/// A list as others may have left it, and what it was told. It cannot be reached while `is_gone`.
struct FakeList {
  std::deque<ledger::WorkList::Taken> left;
  ledger::WorkList::Standing standing;
  std::vector<std::string> told;
  std::string kept;  ///< by the last call
  std::vector<std::string> lost;
  bool is_gone = false;
  int opened = 0;
};

class FakeWorkList final : public ledger::WorkList {
 public:
  explicit FakeWorkList(FakeList& list) : list_(list) {
    reach();
    ++list_.opened;
  }

  void add(std::span<const std::string> stores) override {
    reach();
    list_.told.push_back("added " + std::to_string(stores.size()));
  }
  std::optional<Taken> take() override {
    reach();
    if (list_.left.empty()) return std::nullopt;
    const Taken taken = list_.left.front();
    list_.left.pop_front();
    return taken;
  }
  std::vector<std::string> keep(std::span<const Taken> taken) override {
    reach();
    list_.kept.clear();
    for (const Taken& one : taken) list_.kept += one.store;
    return list_.lost;
  }
  void end(const Taken& taken, int exit_code) override {
    reach();
    list_.told.push_back(taken.store + " ended " + std::to_string(exit_code));
    ++list_.standing.ended;
  }
  void put_back(const Taken& taken, int exit_code, std::chrono::milliseconds pause) override {
    reach();
    list_.told.push_back(taken.store + " back " + std::to_string(exit_code) + " after " +
                         std::to_string(pause.count()));
  }
  std::vector<int> exit_codes() override {
    reach();
    return {1};
  }
  Standing standing() override {
    reach();
    return list_.standing;
  }

 private:
  void reach() const {
    if (list_.is_gone) throw ledger::LedgerError("gone.");
  }

  FakeList& list_;
};

struct TurnsFixture {
  FakeList list{{{"a", 1}, {"b", 1}, {"c", 1}}, {3, 0, 0}, {}, {}, {}, false, 0};
  SharedTurns turns{{"a", "b", "c"}, 2, [this] { return std::make_unique<FakeWorkList>(list); }, 1h};
};

}  // namespace

TEST_CASE("as many stores as there is room for are taken off the list, and it is over when all have ended") {
  TurnsFixture f;
  CHECK(f.turns.start_next() == 0U);
  CHECK(f.turns.start_next() == 1U);
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.list.kept == "ab");
  f.turns.end(0, ExitCode::ok);
  CHECK(f.turns.start_next() == 2U);
  f.turns.end(1, ExitCode::problems);
  f.turns.end(2, ExitCode::ok);
  CHECK_FALSE(f.turns.is_over());  // nobody has been told
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.list.told == std::vector<std::string>{"added 3", "a ended 0", "b ended 1", "c ended 0"});
  CHECK(f.turns.is_over());
  CHECK(f.turns.has_ended_here(1));
  CHECK(f.turns.exit_codes() == std::vector{1});
}

TEST_CASE("who finds nothing to do goes on until the others' stores have ended") {
  TurnsFixture f;
  f.list.left.clear();
  CHECK_FALSE(f.turns.start_next());
  CHECK_FALSE(f.turns.is_over());
  CHECK(f.turns.ask_again_after());
  f.list.left.push_back({"b", 2});  // whoever had it is not heard of any more
  CHECK(f.turns.start_next() == 1U);
  f.turns.end(1, ExitCode::ok);
  f.list.standing.ended = 2;
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.turns.is_over());
  CHECK_FALSE(f.turns.has_ended_here(0));
}

TEST_CASE("a store that another has taken meanwhile is told, until it is ours again or nobody can say") {
  TurnsFixture f;
  f.turns.start_next();
  f.turns.start_next();
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.turns.overtaken().empty());
  f.list.lost = {"b"};
  f.turns.stop();
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.turns.overtaken() == std::vector<std::size_t>{1});
  f.list.is_gone = true;
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.turns.overtaken().empty());
}

TEST_CASE("while the ledger cannot be reached nothing is started, and what ended is told later") {
  TurnsFixture f;
  f.turns.start_next();
  f.list.is_gone = true;
  f.turns.end(0, ExitCode::ok);
  CHECK_FALSE(f.turns.start_next());
  CHECK_FALSE(f.turns.is_over());
  CHECK(f.list.told.size() == 1);
  f.list.is_gone = false;
  CHECK(f.turns.start_next() == 1U);
  CHECK(f.list.opened == 2);
  CHECK(f.list.told.back() == "a ended 0");
}

TEST_CASE("a ledger that stays away is given up") {
  FakeList list{{}, {1, 0, 0}, {}, {}, {}, false, 0};
  SharedTurns turns(
      {"a"}, 1, [&list] { return std::make_unique<FakeWorkList>(list); }, 0ms);
  list.is_gone = true;
  const auto ask_on = [&turns] {
    while (true) turns.start_next();
  };
  CHECK_THROWS_AS(ask_on(), ledger::LedgerError);
}

TEST_CASE("a store that has no entry here is an error of the configuration") {
  TurnsFixture f;
  f.list.left.push_front({"stranger", 1});
  CHECK_THROWS_WITH_AS(f.turns.start_next(), doctest::Contains("stranger"), Failure);
}

TEST_CASE("a store that there is no room for here is left to whoever has room") {
  TurnsFixture f;
  f.turns.start_next();
  f.turns.start_next();
  f.turns.defer(1);
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.list.told.back() == "b back 6 after 0");
  f.turns.end(0, ExitCode::ok);
  CHECK(f.turns.start_next() == 2U);
}

TEST_CASE("once stopped no store is taken, and those at work are put back") {
  TurnsFixture f;
  f.turns.start_next();
  f.turns.stop();
  CHECK_FALSE(f.turns.start_next());
  CHECK_FALSE(f.turns.is_over());
  f.turns.end(0, ExitCode::terminated);
  CHECK_FALSE(f.turns.start_next());
  CHECK(f.list.told.back() == "a back 143 after 0");
  CHECK(f.turns.is_over());
}

TEST_CASE("what may go better comes again, a few times; what a person has to look at does not") {
  for (const ExitCode done : {ExitCode::ok, ExitCode::problems, ExitCode::usage, ExitCode::safety_limit,
                              ExitCode::store_refused, ExitCode::deadline, ExitCode::defect}) {
    CAPTURE(static_cast<int>(done));
    CHECK_FALSE(comes_again_after(done, 1));
  }
  for (const ExitCode trouble : {ExitCode::store_unavailable, ExitCode::not_recorded}) {
    CAPTURE(static_cast<int>(trouble));
    CHECK(comes_again_after(trouble, 1) < comes_again_after(trouble, 2));
    CHECK(comes_again_after(trouble, 4));
    CHECK_FALSE(comes_again_after(trouble, 5));
  }
  CHECK(comes_again_after(ExitCode::store_held, 100));
  CHECK(comes_again_after(ExitCode::terminated, 100) == 0ms);
}
