#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/sandbox/counters.hpp>
#include <consent_sync/sandbox/fault.hpp>

namespace consent_sync::sandbox {

struct Options {
  std::string host = "127.0.0.1";  ///< an IP address to listen on, or "localhost"
  unsigned short port = 0;         ///< 0: any free one, see Server::port
  std::string store_hash = "sandbox";
  std::string token = "sandbox-token";         ///< may read and write
  std::string read_only_token;                 ///< may read; a PUT with it is 403. Empty: there is none
  std::int64_t customers = 100000;             ///< customers 1..N exist; customer 7 is customer7@example.com
  std::map<std::int64_t, std::string> emails;  ///< of customers that have another address; may be shared
  std::int64_t quota = 150;                    ///< requests a window; 0: no quota, and no rate headers
  std::chrono::milliseconds window{30000};
  std::filesystem::path ca_file;  ///< where the certificate authority is written (PEM); empty: nowhere
  std::uint64_t seed = 1;         ///< of the probabilities and of the order of lists in replies
  std::vector<Fault> faults;
  std::chrono::milliseconds latency{0};  ///< passes before each request is handled
};

/// A BigCommerce store in this process, over TLS, on a thread of its own. Every member function may be called
/// from any thread. Customers start with an empty choice; a PUT that omits a category leaves it as it was.
class Server {
 public:
  /// Listens when it returns. Throws std::invalid_argument with a sentence for impossible options, and
  /// std::runtime_error when the address cannot be listened on or the certificate cannot be written.
  explicit Server(Options options);
  /// Drops every connection and joins the thread.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "https://127.0.0.1:43210": for the client's store.api_url.
  std::string api_url() const;
  unsigned short port() const;

  Counters counters() const;
  /// PUTs for this customer that arrived, whatever became of them.
  std::int64_t puts_of(consent::CustomerId customer) const;

  /// Nothing if there is no such customer.
  std::optional<consent::Choice> consent_of(consent::CustomerId customer) const;
  /// A shopper changes their mind.
  void set_consent(consent::CustomerId customer, consent::Choice choice);

  void add_faults(std::vector<Fault> faults);
  /// In place of all faults so far; an empty list ends them.
  void set_faults(std::vector<Fault> faults);

  /// From now on every token is refused with 401, until restore_token.
  void revoke_token();
  void restore_token();
  /// Other apps come and go: the quota from now on, in the current window too. 0: none.
  void set_quota(std::int64_t quota);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace consent_sync::sandbox
