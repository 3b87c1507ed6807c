#include <consent_sync/sandbox/server.hpp>

#include <memory>
#include <mutex>
#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "as_tuple.hpp"
#include "certificate.hpp"
#include "connection.hpp"
#include "listening.hpp"
#include "shop.hpp"

namespace consent_sync::sandbox {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// A defect in the sandbox has to be loud: the exception leaves the thread and ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, asio::ssl::context& tls, SharedShop& shared,
                                 std::chrono::milliseconds latency) {
  asio::steady_timer pause(acceptor.get_executor());
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(tuple);
    if (error) {
      // Out of file descriptors, most likely: there will be some when clients leave.
      pause.expires_after(std::chrono::milliseconds(20));
      co_await pause.async_wait(tuple);
      continue;
    }
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::int64_t number = 0;
    {
      const std::lock_guard lock(shared.mutex);
      number = ++shared.connections;
    }
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), tls, number, shared, latency), rethrow);
  }
}

void set_up_tls(asio::ssl::context& tls, const Certificate& certificate) {
  tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  tls.use_certificate(asio::buffer(certificate.certificate), asio::ssl::context::pem);
  tls.use_private_key(asio::buffer(certificate.private_key), asio::ssl::context::pem);
}

ShopOptions shop_options(const Options& options) {
  ShopOptions shop;
  shop.store_hash = options.store_hash;
  shop.token = options.token;
  shop.read_only_token = options.read_only_token;
  shop.customers = options.customers;
  shop.emails = options.emails;
  shop.quota = options.quota;
  shop.window = options.window;
  shop.seed = options.seed;
  shop.faults = options.faults;
  return shop;
}

}  // namespace

struct Server::Impl {
  explicit Impl(const Options& options)
      : address(listening_address(options)),
        shared(shop_options(options)),
        tls(asio::ssl::context::tls_server),
        context(1),
        acceptor(listen_on(context, tcp::endpoint(address, options.port))),
        endpoint(acceptor.local_endpoint()),
        url(url_of(options, endpoint)) {
    const auto certificate = make_certificate(address.to_string());
    set_up_tls(tls, certificate);
    if (!options.ca_file.empty()) write_whole_file(options.ca_file, certificate.authority);
    asio::co_spawn(context, accept_all(acceptor, tls, shared, options.latency), rethrow);
    thread = std::thread([this] { context.run(); });
  }

  ~Impl() {
    context.stop();
    thread.join();
  }

  asio::ip::address address;
  SharedShop shared;
  // The context's end destroys the coroutines, which use what stands above it.
  asio::ssl::context tls;
  asio::io_context context;
  tcp::acceptor acceptor;
  tcp::endpoint endpoint;
  std::string url;
  std::thread thread;
};

Server::Server(Options options) : impl_(std::make_unique<Impl>(options)) {}
Server::~Server() = default;

std::string Server::api_url() const {
  return impl_->url;
}
unsigned short Server::port() const {
  return impl_->endpoint.port();
}

Counters Server::counters() const {
  const std::lock_guard lock(impl_->shared.mutex);
  auto counters = impl_->shared.shop.counters();
  counters.connections = impl_->shared.connections;
  counters.handshakes = impl_->shared.handshakes;
  counters.by_older_connection = impl_->shared.by_older_connection;
  return counters;
}

std::int64_t Server::puts_of(consent::CustomerId customer) const {
  const std::lock_guard lock(impl_->shared.mutex);
  return impl_->shared.shop.customers().look_up(customer.value()).puts;
}

std::optional<consent::Choice> Server::consent_of(consent::CustomerId customer) const {
  const std::lock_guard lock(impl_->shared.mutex);
  const auto& customers = impl_->shared.shop.customers();
  if (!customers.exists(customer.value())) return std::nullopt;
  return customers.look_up(customer.value()).held;
}

void Server::set_consent(consent::CustomerId customer, consent::Choice choice) {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.customers().at(customer.value()).held = choice;
}

void Server::add_faults(std::vector<Fault> faults) {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.faults().add(std::move(faults));
}

void Server::set_faults(std::vector<Fault> faults) {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.faults().replace(std::move(faults));
}

void Server::revoke_token() {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.set_revoked(true);
}

void Server::restore_token() {
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.set_revoked(false);
}

void Server::set_quota(std::int64_t quota) {
  require_quota(quota);
  const std::lock_guard lock(impl_->shared.mutex);
  impl_->shared.shop.quota().set_quota(quota);
}

}  // namespace consent_sync::sandbox
