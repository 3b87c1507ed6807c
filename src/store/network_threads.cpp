#include "network_threads.hpp"

#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace consent_sync::store {

namespace asio = boost::asio;

class NetworkThread {
 public:
  /// `name`: for whoever looks at the process's threads; at most 15 characters.
  NetworkThread(std::unique_ptr<ClientFactory> clients, const std::string& name)
      : clients_(std::move(clients)), stays_(io_.get_executor()), thread_([this] { io_.run(); }) {
    ::pthread_setname_np(thread_.native_handle(), name.c_str());
  }
  ~NetworkThread() {
    stays_.reset();
    thread_.join();
  }
  NetworkThread(const NetworkThread&) = delete;
  NetworkThread& operator=(const NetworkThread&) = delete;

  asio::any_io_executor executor() { return io_.get_executor(); }
  std::unique_ptr<Client> make_client() { return clients_->make(io_.get_executor()); }

 private:
  std::unique_ptr<ClientFactory> clients_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> stays_;
  std::thread thread_;
};

namespace {

using consent::Choice;
using consent::CustomerId;

/// Passes each question to a client on another thread, and its answer back to the thread of the coroutine
/// that waits. The client ends on its own thread.
class DistantClient final : public Client {
 public:
  // The handler in which a client ends may yet have its last answer to hand over: whoever waits for the end
  // is told after it.
  DistantClient(asio::any_io_executor executor, std::unique_ptr<Client> client)
      : executor_(std::move(executor)),
        client_(client.release(), [executor = executor_, gone = gone_](Client* ended) {
          delete ended;
          asio::post(executor, [gone] { gone->set_value(); });
        }) {}

  // A question under way holds on to its client, and to whoever waits for it: not for longer than this.
  ~DistantClient() override {
    asio::post(executor_, [client = std::move(client_)] { client->abort(); });
    gone_->get_future().wait();
  }
  DistantClient(const DistantClient&) = delete;
  DistantClient& operator=(const DistantClient&) = delete;

  asio::awaitable<Exchange> put_consent(CustomerId customer, Choice choice) override {
    return ask([customer, choice](Client& client) { return client.put_consent(customer, choice); });
  }

  asio::awaitable<Exchange> get_consent(CustomerId customer) override {
    return ask([customer](Client& client) { return client.get_consent(customer); });
  }

  asio::awaitable<Exchange> get_first_customer() override {
    return ask([](Client& client) { return client.get_first_customer(); });
  }

  asio::awaitable<Exchange> get_customers(const std::vector<CustomerId>& customers, int page) override {
    return ask([customers, page](Client& client) { return client.get_customers(customers, page); });
  }

  asio::awaitable<Exchange> get_customers_by_email(const std::vector<std::string>& emails,
                                                   int page) override {
    return ask([emails, page](Client& client) { return client.get_customers_by_email(emails, page); });
  }

  void abort() override {
    asio::post(executor_, [client = client_] { client->abort(); });
  }

  asio::awaitable<void> close() override {
    return asio::co_spawn(executor_, closing(client_), asio::use_awaitable);
  }

 private:
  template <class Question>
  asio::awaitable<Exchange> ask(Question question) {
    asio::awaitable<std::optional<Exchange>> answer =
        asio::co_spawn(executor_, asking(client_, std::move(question)), asio::use_awaitable);
    std::optional<Exchange> done = co_await std::move(answer);
    co_return std::move(*done);
  }

  // On the other thread. Its result is optional because co_spawn() wants one that can be empty.
  template <class Question>
  static asio::awaitable<std::optional<Exchange>> asking(std::shared_ptr<Client> client, Question question) {
    std::optional<Exchange> done = co_await question(*client);
    co_return done;
  }

  static asio::awaitable<void> closing(std::shared_ptr<Client> client) { co_await client->close(); }

  asio::any_io_executor executor_;
  std::shared_ptr<std::promise<void>> gone_ = std::make_shared<std::promise<void>>();
  std::shared_ptr<Client> client_;
};

}  // namespace

ThreadedClientFactory::ThreadedClientFactory(int threads, const MakeFactory& make_factory) {
  for (int n = 1; n <= threads; ++n) {
    threads_.push_back(std::make_unique<NetworkThread>(make_factory(), "network-" + std::to_string(n)));
  }
}

ThreadedClientFactory::~ThreadedClientFactory() = default;

std::unique_ptr<Client> ThreadedClientFactory::make(asio::any_io_executor /*executor*/) {
  NetworkThread& thread = *threads_[made_++ % threads_.size()];
  return std::make_unique<DistantClient>(thread.executor(), thread.make_client());
}

}  // namespace consent_sync::store
