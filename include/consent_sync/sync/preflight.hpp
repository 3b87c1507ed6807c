#pragma once

#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/store/client.hpp>
#include <consent_sync/sync/engine.hpp>

namespace consent_sync::sync {

/// Asks the store which of the customers of a run that is being staged exist, 250 a request, one request at a
/// time at the same pace as any other, and notes the answers in the ledger. Lists that are too long for the
/// store are halved.
class Preflight {
 public:
  /// The references outlive it.
  Preflight(boost::asio::io_context& io, store::ClientFactory& clients, ledger::Ledger& ledger,
            const ledger::Run& run, Pacing& pacing, EngineOptions options);
  ~Preflight();

  /// Ends when every customer was asked about, or it stopped; with every answer on disk. Nothing: all were
  /// asked about. Throws ledger::LedgerError.
  boost::asio::awaitable<std::optional<Stopped>> run();

  // As those of Engine; `ended` counts the customers asked about, `unchanged` those that exist.
  void stop(Stopped why);
  void abort();
  Progress progress() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace consent_sync::sync
