#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <consent_sync/ledger/ledger.hpp>

namespace consent_sync::sync {

/// Where an engine's changes come from, and where their results go. All functions are called on one thread of
/// the engine's, and may block. They throw ledger::LedgerError; after it the engine sends nothing more.
class Work {
 public:
  virtual ~Work() = default;

  /// Up to `limit` changes after a position; fewer only when there are no more. What was taken may be sent.
  virtual std::vector<ledger::QueuedChange> take(ledger::QueuePosition after, std::size_t limit) = 0;
  /// On disk when it returns.
  virtual void record(std::span<const consent::ChangeResult> results,
                      std::span<const ledger::WindowUse> windows, const ledger::Traffic& traffic) = 0;
  /// Nothing beyond `last` has left, although it was taken.
  virtual void give_back(ledger::QueuePosition last) = 0;
};

/// The queue of an open run.
class QueueWork final : public Work {
 public:
  /// `ledger` outlives it. `most`: takes no more changes than this.
  QueueWork(ledger::Ledger& ledger, ledger::RunId run,
            std::uint64_t most = std::numeric_limits<std::uint64_t>::max())
      : ledger_(ledger), run_(std::move(run)), left_(most) {}

  std::vector<ledger::QueuedChange> take(ledger::QueuePosition after, std::size_t limit) override;
  void record(std::span<const consent::ChangeResult> results, std::span<const ledger::WindowUse> windows,
              const ledger::Traffic& traffic) override;
  void give_back(ledger::QueuePosition last) override;

 private:
  ledger::Ledger& ledger_;
  const ledger::RunId run_;
  std::uint64_t left_;
};

/// The customers of a run that is being staged whom the survey is about. What the store says of them becomes
/// an observation; of those it said nothing about there is none. For an engine that only asks.
class SurveyWork final : public Work {
 public:
  /// `ledger` outlives it. `wanted`: whom the survey is about.
  SurveyWork(ledger::Ledger& ledger, ledger::RunId run,
             std::function<bool(const ledger::CustomerRows&)> wanted)
      : ledger_(ledger), run_(std::move(run)), wanted_(std::move(wanted)) {}

  std::vector<ledger::QueuedChange> take(ledger::QueuePosition after, std::size_t limit) override;
  void record(std::span<const consent::ChangeResult> results, std::span<const ledger::WindowUse> windows,
              const ledger::Traffic& traffic) override;
  void give_back(ledger::QueuePosition) override {}

 private:
  ledger::Ledger& ledger_;
  const ledger::RunId run_;
  const std::function<bool(const ledger::CustomerRows&)> wanted_;
  std::optional<consent::CustomerId> last_;
  consent::LineNumber taken_ = 0;
};

}  // namespace consent_sync::sync
