#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/store/exchange.hpp>
#include <consent_sync/store/proxy.hpp>
#include <consent_sync/store/secret_text.hpp>

namespace consent_sync::store {

/// One connection to one store. One request at a time; used on its executor's thread only. Opens itself when
/// first used, and again when it was lost. Never throws for the network: an Exchange tells.
class Client {
 public:
  virtual ~Client() = default;

  virtual boost::asio::awaitable<Exchange> put_consent(consent::CustomerId customer,
                                                       consent::Choice choice) = 0;
  virtual boost::asio::awaitable<Exchange> get_consent(consent::CustomerId customer) = 0;
  /// One page with one customer: the cheapest question that proves address, TLS, token and scope.
  virtual boost::asio::awaitable<Exchange> get_first_customer() = 0;
  /// A page (from 1) of the customers with these ids, 250 of them at most; one request. See
  /// decode_customers().
  virtual boost::asio::awaitable<Exchange> get_customers(const std::vector<consent::CustomerId>& customers,
                                                         int page) = 0;
  /// The same of the customers who have one of these e-mail addresses: 250 of them at most. There may be more
  /// customers than addresses.
  virtual boost::asio::awaitable<Exchange> get_customers_by_email(const std::vector<std::string>& emails,
                                                                  int page) = 0;

  /// Ends a connection in use at once (its exchange ends as cancelled), or closes an idle one. May be used
  /// again.
  virtual void abort() = 0;
  /// Says good-bye to the peer (TLS close_notify, at most a second) and closes.
  virtual boost::asio::awaitable<void> close() = 0;
};

/// Letters, digits, "-" and "_", as they may stand in the API's path.
bool is_store_hash(std::string_view text);

struct ClientOptions {
  std::string api_url;            ///< "https://api.bigcommerce.com"
  bool allow_plain_http = false;  ///< http:// to this machine itself; anywhere else it is refused
  std::string store_hash;
  SecretText token;      ///< X-Auth-Token; never in any message
  std::string ca_file;   ///< PEM, in place of the system's certificate authorities; empty: the system's
  ProxyVariables proxy;  ///< how the store is reached; see proxy_for()
  std::string user_agent;
  std::string correlation_id;  ///< UUID
  std::chrono::milliseconds timeout{
      30000};       ///< for each step: resolve, connect, handshake, and write plus read
  int threads = 1;  ///< that carry the connections; 1: their executors' own, which needs none besides
  /// Asked on the thread of the connection when a request is about to be written, however long its connection
  /// took: false, and it ends as cancelled without having left. Empty: always.
  std::function<bool()> may_send;
};

/// What the clients of one run share: the TLS context, the parsed address, the resolved one. Outlives its
/// clients.
class ClientFactory {
 public:
  virtual ~ClientFactory() = default;
  virtual std::unique_ptr<Client> make(boost::asio::any_io_executor executor) = 0;
};

/// Throws std::invalid_argument with a sentence for people when the address is not usable, the proxy's is
/// not, or the CA file is not readable.
std::unique_ptr<ClientFactory> make_client_factory(const ClientOptions& options);

}  // namespace consent_sync::store
