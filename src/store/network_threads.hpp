#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <consent_sync/store/client.hpp>

namespace consent_sync::store {

class NetworkThread;

/// Clients whose connections live on threads of their own: TLS and the network of one run then use as many
/// cores. Who uses a client does so on its executor's thread, as ever. The threads share nothing, not even
/// what the clients of one factory share: each has a factory of its own.
class ThreadedClientFactory final : public ClientFactory {
 public:
  using MakeFactory = std::function<std::unique_ptr<ClientFactory>()>;

  /// `threads` from 1. Throws what `make_factory` throws.
  ThreadedClientFactory(int threads, const MakeFactory& make_factory);
  ~ThreadedClientFactory() override;

  /// The threads take turns. A client's end waits for what it had under way, which is aborted.
  std::unique_ptr<Client> make(boost::asio::any_io_executor executor) override;

 private:
  std::vector<std::unique_ptr<NetworkThread>> threads_;
  std::size_t made_ = 0;
};

}  // namespace consent_sync::store
