#include "shared_turns.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <consent_sync/ledger/ledger.hpp>

#include "after_turn.hpp"

namespace consent_sync::app {
namespace {

// What others leave is found out by asking. And they learn so that ours are kept: several times in the
// shortest lease.
constexpr std::chrono::milliseconds between_questions{1'000};

}  // namespace

SharedTurns::SharedTurns(std::vector<std::string> stores, std::size_t at_once, Open open,
                         std::chrono::milliseconds give_up_after)
    : stores_(std::move(stores)),
      at_once_(at_once),
      open_(std::move(open)),
      give_up_after_(give_up_after),
      list_(open_()) {
  list_->add(stores_);
  standing_ = list_->standing();
}

std::optional<std::size_t> SharedTurns::start_next() {
  overtaken_.clear();
  if (!tell_ends()) return std::nullopt;
  std::optional<ledger::WorkList::Taken> taken;
  const bool has_room = !is_stopped_ && running_.size() < at_once_;
  const bool is_answered = ask([&](ledger::WorkList& list) {
    if (has_room) taken = list.take();
    if (taken) return;
    for (const std::string& lost : list.keep(kept())) overtaken_.push_back(place_of(lost));
    standing_ = list.standing();
    if (standing_.ended == standing_.stores) exit_codes_ = list.exit_codes();
  });
  if (!is_answered || !taken) return std::nullopt;
  const std::size_t store = place_of(taken->store);
  // One of ours may have stood still for so long that it was its turn again.
  running_.insert_or_assign(store, *taken);
  return store;
}

std::vector<ledger::WorkList::Taken> SharedTurns::kept() const {
  std::vector<ledger::WorkList::Taken> all;
  for (const auto& [store, taken] : running_) all.push_back(taken);
  return all;
}

std::size_t SharedTurns::place_of(const std::string& store) const {
  const auto found = std::find(stores_.begin(), stores_.end(), store);
  if (found != stores_.end()) return static_cast<std::size_t>(found - stores_.begin());
  throw Failure(
      ExitCode::usage,
      fmt::format("store {} is in this batch, and has no entry in this configuration: all who work on a "
                  "batch need the same stores; or name another with --batch",
                  store));
}

void SharedTurns::end(std::size_t store, ExitCode code) {
  const auto found = running_.find(store);
  const ledger::WorkList::Taken taken = found->second;
  running_.erase(found);
  const int number = static_cast<int>(code);
  if (const auto pause = comes_again_after(code, taken.taking)) {
    ends_to_tell_.push_back([=](ledger::WorkList& list) { list.put_back(taken, number, *pause); });
  } else {
    ended_here_.insert(store);
    ends_to_tell_.push_back([=](ledger::WorkList& list) { list.end(taken, number); });
  }
}

void SharedTurns::defer(std::size_t store) {
  const auto deferred = running_.extract(store);
  at_once_ = running_.size();
  ends_to_tell_.push_back([taken = deferred.mapped()](ledger::WorkList& list) {
    list.put_back(taken, static_cast<int>(ExitCode::not_recorded), std::chrono::milliseconds(0));
  });
}

bool SharedTurns::tell_ends() {
  while (!ends_to_tell_.empty()) {
    if (!ask(ends_to_tell_.front())) return false;
    ends_to_tell_.pop_front();
  }
  return true;
}

bool SharedTurns::ask(const Step& step) {
  try {
    if (!list_) {
      list_ = open_();
      spdlog::info("the ledger can be reached again");
    }
    step(*list_);
    return true;
  } catch (const ledger::LedgerError& problem) {
    const Clock::time_point now = Clock::now();
    if (list_) {
      lost_at_ = now;
      spdlog::warn("{} No more stores are started until it can be reached", problem.what());
    }
    list_.reset();
    if (now - lost_at_ > give_up_after_) throw;
    return false;
  }
}

std::vector<std::size_t> SharedTurns::running() const {
  std::vector<std::size_t> stores;
  for (const auto& [store, taken] : running_) stores.push_back(store);
  return stores;
}

bool SharedTurns::is_over() const {
  if (!running_.empty()) return false;
  return is_stopped_ || (ends_to_tell_.empty() && list_ && standing_.ended == standing_.stores);
}

std::optional<std::chrono::milliseconds> SharedTurns::ask_again_after() const {
  return between_questions;
}

}  // namespace consent_sync::app
