#pragma once

#include <consent_sync/sync/list_asker.hpp>

namespace consent_sync::sync {

/// Asks the store whose the e-mail addresses of a run are that is being staged, where nobody has since
/// `since`, and notes the answers in the ledger. Addresses are compared without regard to the case of ASCII
/// letters; customers of a reply whose address was not asked about count for nothing.
class AddressLookup final : public ListAsker {
 public:
  /// The references outlive it. `notes_existence`: customers that are found need no preflight.
  AddressLookup(boost::asio::io_context& io, store::ClientFactory& clients, ledger::Ledger& ledger,
                const ledger::Run& run, Pacing& pacing, EngineOptions options, consent::Timestamp since,
                bool notes_existence);
};

}  // namespace consent_sync::sync
