#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/store/client.hpp>
#include <consent_sync/store/codec.hpp>

#include "../progress_view.hpp"
#include "../run/quick_exit.hpp"
#include "../run/sending.hpp"
#include "../stores/examination.hpp"
#include "../stores/exit_code_of_whole.hpp"
#include "../stores/supervision.hpp"
#include "../token.hpp"
#include "commands.hpp"

namespace consent_sync::app {
namespace asio = boost::asio;
namespace {

void good(const std::string& fact) {
  fmt::print("ok       {}\n", fact);
}
void bad(const std::string& fact) {
  fmt::print("PROBLEM  {}\n", fact);
}

asio::awaitable<void> ask(store::Client& client, std::optional<store::Exchange>& answer) {
  answer = co_await client.get_first_customer();
  co_await client.close();
}

store::Exchange ask_store(store::ClientFactory& clients) {
  asio::io_context io(1);
  const std::unique_ptr<store::Client> client = clients.make(io.get_executor());
  std::optional<store::Exchange> answer;
  asio::co_spawn(io, ask(*client, answer), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
  return std::move(answer).value();
}

void tell_quota(const store::RateHeaders& rate, const Config& config) {
  if (!rate.quota || !rate.window_ms || *rate.quota <= 0 || *rate.window_ms <= 0) {
    good("the store names no request quota; rate.max_requests_per_second and http.connections set the pace");
    return;
  }
  const double per_hour = static_cast<double>(*rate.quota) * config.rate.share * 3'600'000.0 /
                          static_cast<double>(*rate.window_ms);
  good(fmt::format(
      "quota: {} requests in {}, {} left now; with rate.share {} a run changes {} customers an hour",
      *rate.quota, show_time(std::chrono::milliseconds{*rate.window_ms}), rate.left.value_or(0),
      config.rate.share, show_count(static_cast<std::uint64_t>(per_hour))));
}

ExitCode tell_reply(const store::Reply& reply, const Config& config) {
  const std::string words = store::describe_error_body(reply.body);
  switch (reply.status) {
    case 200:
      good("the store accepts the token and lets it read customers");
      tell_quota(reply.rate, config);
      fmt::print(
          "         A run also needs the scope store_v2_customers (modify), which only a change can show.\n");
      return ExitCode::ok;
    case 401:
      bad(fmt::format("the store refuses the token (401 {}): check the token and store.hash {}", words,
                      config.store.hash));
      return ExitCode::store_refused;
    case 403:
      bad(fmt::format(
          "the token may not read customers (403 {}): give its API account the scope store_v2_customers",
          words));
      return ExitCode::store_refused;
    case 429:
      bad("the quota is spent at the moment (429)");
      return ExitCode::store_unavailable;
    default:
      bad(fmt::format("the store answers {} {}", reply.status, words));
      return reply.status >= 500 ? ExitCode::store_unavailable : ExitCode::usage;
  }
}

}  // namespace

ExitCode doctor_command(const Config& config) {
  const store::SecretText token = read_token(config);
  good("an access token is there");
  ledger::open_ledger(config.ledger);
  good(fmt::format("the ledger {} opens", ledger::describe_location(config.ledger)));

  std::unique_ptr<store::ClientFactory> clients;
  try {
    clients = store::make_client_factory(
        client_options(config, token, boost::uuids::to_string(boost::uuids::random_generator()())));
  } catch (const std::invalid_argument& problem) {
    bad(problem.what());
    return ExitCode::usage;
  }
  const store::Exchange exchange = ask_store(*clients);
  if (const auto* failure = std::get_if<store::TransportFailure>(&exchange.result)) {
    bad(failure->message);
    return failure->misconfigured ? ExitCode::usage : ExitCode::store_unavailable;
  }
  const bool is_plain = config.store.api_url.starts_with("http:");
  good(fmt::format(
      "{} answers in {:.0f} ms, {}", config.store.api_url,
      static_cast<double>(exchange.latency.count()) / 1000.0,
      is_plain ? "without encryption (store.allow_plain_http)" : "over TLS, its certificate is valid"));
  return tell_reply(std::get<store::Reply>(exchange.result), config);
}

ExitCode doctor_of_stores_command(const Config& common, const StoresTask& task, Terminal& terminal) {
  keep_out_of_core_dumps();  // the tokens of all may be in our environment
  take_all_descriptors();
  exit_on_signals(common.log.format);
  Examination examination(common, task.stores, task.arguments, terminal);
  report::StoresResult whole;
  whole.stores = examination.run();
  std::vector<std::string> unwell;
  for (const report::StoreResult& result : whole.stores) {
    if (exit_code_of(result) != ExitCode::ok) unwell.push_back(result.store);
  }
  fmt::print("\n{} of {} stores are ready{}\n", whole.stores.size() - unwell.size(), whole.stores.size(),
             unwell.empty() ? "" : fmt::format("; look at {}", fmt::join(unwell, ", ")));
  return exit_code_of_whole(whole, std::nullopt);
}

}  // namespace consent_sync::app
