#include <consent_sync/store/client.hpp>

#include <stdexcept>
#include <utility>

#include "connection.hpp"
#include "network_threads.hpp"
#include "request_writer.hpp"
#include "tls_context.hpp"
#include "token_mask.hpp"

namespace consent_sync::store {
namespace {

namespace asio = boost::asio;
using consent::Choice;
using consent::CustomerId;

// Longer than this and somebody on the way may have forgotten the connection without a word.
constexpr std::chrono::seconds longest_idle(50);

// Of a reply's body. A page of 250 customers with their addresses is a few hundred KiB.
constexpr std::size_t usual_room = 64 * 1024;
constexpr std::size_t page_room = 4 * 1024 * 1024;

class HttpsClient final : public Client {
 public:
  HttpsClient(asio::any_io_executor executor, Peer& peer, const RequestWriter& writer,
              const std::function<bool()>& may_send)
      : connection_(std::move(executor), peer), writer_(writer), may_send_(may_send) {}

  asio::awaitable<Exchange> put_consent(CustomerId customer, Choice choice) override {
    writer_.write_put(customer, choice, request_);
    return send();
  }

  asio::awaitable<Exchange> get_consent(CustomerId customer) override {
    writer_.write_get(customer, request_);
    return send();
  }

  asio::awaitable<Exchange> get_first_customer() override {
    writer_.write_get_first_customer(request_);
    return send();
  }

  asio::awaitable<Exchange> get_customers(const std::vector<CustomerId>& customers, int page) override {
    writer_.write_get_customers(customers, page, request_);
    return send(page_room);
  }

  asio::awaitable<Exchange> get_customers_by_email(const std::vector<std::string>& emails,
                                                   int page) override {
    writer_.write_get_customers_by_email(emails, page, request_);
    return send(page_room);
  }

  void abort() override {
    connection_.abort();
    if (!busy_) connection_.drop();
  }

  asio::awaitable<void> close() override {
    busy_ = true;
    co_await connection_.close();
    busy_ = false;
  }

 private:
  // A server may close a connection while it is idle, and we learn of it only when the next request gets no
  // answer. Sending it again at once is right because both PUT and GET here are idempotent.
  asio::awaitable<Exchange> send(std::size_t room = usual_room) {
    busy_ = true;
    connection_.allow();
    const bool is_reused = connection_.is_open() && connection_.idle_time() < longest_idle;
    std::optional<Exchange> done;
    if (is_reused) done = refused_to_send();
    if (is_reused && !done) done = co_await connection_.exchange(request_, room);
    const bool is_reopened = done && (is_stale(*done) || is_farewell(*done));
    if (is_reopened) connection_.drop();
    if (is_reopened || !done) done = co_await send_on_fresh(room);
    if (is_reopened) note_reopened(*done);
    busy_ = false;
    if (auto* reply = std::get_if<Reply>(&done->result)) mask_token(*reply, writer_.token());
    co_return std::move(*done);
  }

  asio::awaitable<Exchange> send_on_fresh(std::size_t room) {
    std::optional<TransportFailure> failure = co_await connection_.open();
    if (failure) co_return Exchange(std::move(*failure));
    std::optional<Exchange> done = refused_to_send();
    if (!done) done = co_await connection_.exchange(request_, room);
    co_return std::move(*done);
  }

  static void note_reopened(Exchange& exchange) {
    exchange.reopened = true;
    // The server may have read the first one before it closed.
    if (auto* failure = std::get_if<TransportFailure>(&exchange.result)) failure->may_have_arrived = true;
  }

  bool is_stale(const Exchange& exchange) const {
    const auto* failure = std::get_if<TransportFailure>(&exchange.result);
    return failure != nullptr && !failure->timed_out && !failure->cancelled && !connection_.heard_something();
  }

  // Some servers say 408 before they close an idle connection: it answers no request of ours.
  static bool is_farewell(const Exchange& exchange) {
    const auto* reply = std::get_if<Reply>(&exchange.result);
    return reply != nullptr && reply->status == 408;
  }

  /// Nothing: go on.
  std::optional<Exchange> refused_to_send() const {
    if (!may_send_ || may_send_()) return std::nullopt;
    TransportFailure failure;
    failure.phase = Phase::write;
    failure.cancelled = true;
    failure.message = "not sent: the right to work on the store was lost";
    return Exchange(std::move(failure));
  }

  Connection connection_;
  const RequestWriter& writer_;
  const std::function<bool()>& may_send_;
  SecretText request_;
  bool busy_ = false;
};

class HttpsClientFactory final : public ClientFactory {
 public:
  HttpsClientFactory(const Address& address, RequestWriter writer, const ClientOptions& options)
      : peer_(address, proxy_for(address.host, options.proxy),
              make_tls_context(options.ca_file, "store.ca_file"), options.timeout, options.user_agent,
              "Check store.api_url, and store.ca_file if the store has a private certificate authority."),
        writer_(std::move(writer)),
        may_send_(options.may_send) {}

  std::unique_ptr<Client> make(asio::any_io_executor executor) override {
    return std::make_unique<HttpsClient>(std::move(executor), peer_, writer_, may_send_);
  }

 private:
  Peer peer_;
  RequestWriter writer_;
  std::function<bool()> may_send_;
};

}  // namespace

std::unique_ptr<ClientFactory> make_client_factory(const ClientOptions& options) {
  if (options.timeout <= std::chrono::milliseconds::zero()) {
    throw std::invalid_argument("http.timeout must be longer than nothing.");
  }
  const Address address = parse_address(options.api_url, options.allow_plain_http);
  const auto make_factory = [&] {
    return std::make_unique<HttpsClientFactory>(address, RequestWriter(address, options), options);
  };
  if (options.threads > 1) return std::make_unique<ThreadedClientFactory>(options.threads, make_factory);
  return make_factory();
}

}  // namespace consent_sync::store
