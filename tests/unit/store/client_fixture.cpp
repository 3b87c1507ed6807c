#include "client_fixture.hpp"

#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace consent_sync::store::test {

namespace asio = boost::asio;

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "consent-sync-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("No temporary directory can be made.");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

StoreFixture::StoreFixture(sandbox::Options options) {
  options.ca_file = directory.path() / "ca.pem";
  server = std::make_unique<sandbox::Server>(std::move(options));
}

ClientOptions options_for(std::string api_url, std::chrono::milliseconds timeout) {
  ClientOptions options;
  options.api_url = std::move(api_url);
  options.store_hash = "sandbox";
  options.token = "sandbox-token";
  options.user_agent = "consent-sync-test/1.0";
  options.correlation_id = "3f0c2a52-8a53-4dc6-a9a7-2f3a2f0a1b11";
  options.timeout = timeout;
  return options;
}

ClientOptions StoreFixture::client_options() const {
  ClientOptions options = options_for(server->api_url(), std::chrono::seconds(10));
  options.ca_file = directory.path() / "ca.pem";
  return options;
}

void StoreFixture::run(const std::function<asio::awaitable<void>()>& scenario) {
  std::exception_ptr thrown;
  // A client that lives on keeps a timer, which nobody waits for.
  asio::co_spawn(io, scenario(), [&](std::exception_ptr error) {
    thrown = error;
    io.stop();
  });
  io.restart();
  io.run();
  if (thrown) std::rethrow_exception(thrown);
}

Exchange StoreFixture::put_once(const ClientOptions& options) {
  const auto factory = make_client_factory(options);
  const auto client = factory->make(io.get_executor());
  const auto customer = consent::CustomerId::from(1).value();
  const auto choice = consent::Choice::from_masks(1, 14).value();
  std::optional<Exchange> result;
  run([&]() -> asio::awaitable<void> {
    Exchange done = co_await client->put_consent(customer, choice);
    result = std::move(done);
  });
  return std::move(result).value();
}

}  // namespace consent_sync::store::test
