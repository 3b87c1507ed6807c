#pragma once

#include <consent_sync/sync/list_asker.hpp>

namespace consent_sync::sync {

/// Asks the store which of the customers of a run that is being staged exist, and notes the answers in the
/// ledger.
class Preflight final : public ListAsker {
 public:
  /// The references outlive it.
  Preflight(boost::asio::io_context& io, store::ClientFactory& clients, ledger::Ledger& ledger,
            const ledger::Run& run, Pacing& pacing, EngineOptions options);
};

}  // namespace consent_sync::sync
