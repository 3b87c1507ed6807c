#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <consent_sync/ledger/work_list.hpp>

#include "turns.hpp"

namespace consent_sync::app {

/// The turns of stores that processes on other machines work on, too: each takes the next off a list in the
/// ledger. When the ledger cannot be reached, nothing is started until it can again; what ended meanwhile is
/// told then.
class SharedTurns final : public Turns {
 public:
  using Clock = std::chrono::steady_clock;
  using Open = std::function<std::unique_ptr<ledger::WorkList>()>;

  /// `stores`: the names of the job's, in its order. `open` opens the list, again when it was lost; it throws
  /// ledger::LedgerError, as this does at first and after `give_up_after`.
  SharedTurns(std::vector<std::string> stores, std::size_t at_once, Open open,
              std::chrono::milliseconds give_up_after);

  /// Throws Failure (usage) when the list has a store that the job does not.
  std::optional<std::size_t> start_next() override;
  void end(std::size_t store, ExitCode code) override;
  void defer(std::size_t store) override;
  void stop() override { is_stopped_ = true; }
  std::vector<std::size_t> running() const override;
  std::vector<std::size_t> overtaken() const override { return overtaken_; }
  std::size_t ended() const override { return standing_.ended; }
  std::size_t total() const override { return standing_.stores; }
  bool is_over() const override;
  std::optional<std::chrono::milliseconds> ask_again_after() const override;

  /// With which exit codes the batch's stores have ended, wherever; as of the last answer.
  const std::vector<int>& exit_codes() const { return exit_codes_; }
  /// The store came to its end of the batch here, and not elsewhere.
  bool has_ended_here(std::size_t store) const { return ended_here_.contains(store); }

 private:
  using Step = std::function<void(ledger::WorkList&)>;

  bool ask(const Step& step);
  bool tell_ends();
  std::vector<ledger::WorkList::Taken> kept() const;
  std::size_t place_of(const std::string& store) const;

  const std::vector<std::string> stores_;
  std::size_t at_once_;
  const Open open_;
  const std::chrono::milliseconds give_up_after_;
  std::unique_ptr<ledger::WorkList> list_;  ///< null: it was lost
  Clock::time_point lost_at_{};
  ledger::WorkList::Standing standing_;
  std::vector<int> exit_codes_;
  std::map<std::size_t, ledger::WorkList::Taken> running_;
  std::vector<std::size_t> overtaken_;
  std::deque<Step> ends_to_tell_;
  std::set<std::size_t> ended_here_;
  bool is_stopped_ = false;
};

}  // namespace consent_sync::app
