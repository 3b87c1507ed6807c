#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/store/client.hpp>
#include <consent_sync/store/codec.hpp>
#include <consent_sync/sync/engine.hpp>

namespace consent_sync::sync {

/// Questions about the customers of a run that is being staged, many of which one list of the store's
/// answers. Used on the asker's thread. Throws ledger::LedgerError.
class ListQuestions {
 public:
  virtual ~ListQuestions() = default;

  /// What is asked, for people: "which customers exist".
  virtual std::string_view what() const = 0;
  /// The next questions, up to `limit` of them, become the list; how many they are. 0: all have been asked.
  virtual std::size_t take(std::size_t limit) = 0;
  /// The list was too long: its questions come again.
  virtual void give_back() = 0;
  virtual boost::asio::awaitable<store::Exchange> ask(store::Client& client, int page) = 0;
  /// Notes, durably, what the store answered to the list, over all pages. To how many of its questions the
  /// answer was yes.
  virtual std::size_t note(const store::CustomerPage& answer, const ledger::Traffic& traffic) = 0;
};

/// Asks the store for lists of customers, 250 questions a request, one request at a time at the same pace as
/// any other and on the same retry budget. Lists that are too long for the store are halved.
class ListAsker {
 public:
  /// The references outlive it.
  ListAsker(boost::asio::io_context& io, store::ClientFactory& clients, ledger::Ledger& ledger,
            const ledger::Run& run, Pacing& pacing, EngineOptions options,
            std::unique_ptr<ListQuestions> questions);
  ~ListAsker();

  /// Ends when everything was asked, or it stopped; with every answer on disk. Nothing: all was asked. Throws
  /// ledger::LedgerError.
  boost::asio::awaitable<std::optional<Stopped>> run();

  // As those of Engine; `ended` counts the questions, `unchanged` those answered with yes.
  void stop(Stopped why);
  void abort();
  Progress progress() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace consent_sync::sync
