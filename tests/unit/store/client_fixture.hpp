#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <consent_sync/sandbox/server.hpp>
#include <consent_sync/store/client.hpp>

namespace consent_sync::store::test {

/// A directory that is gone with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Of a client of the store "sandbox" at that address.
ClientOptions options_for(std::string api_url, std::chrono::milliseconds timeout);

/// A sandbox store, and a client for it.
class StoreFixture {
 public:
  StoreFixture() : StoreFixture(sandbox::Options{}) {}
  explicit StoreFixture(sandbox::Options options);

  ClientOptions client_options() const;
  /// Runs until the coroutine has ended; what it throws comes out here.
  void run(const std::function<boost::asio::awaitable<void>()>& scenario);
  /// One PUT by a client made for it.
  Exchange put_once(const ClientOptions& options);

  TemporaryDirectory directory;
  boost::asio::io_context io{1};
  std::unique_ptr<sandbox::Server> server;
};

}  // namespace consent_sync::store::test
