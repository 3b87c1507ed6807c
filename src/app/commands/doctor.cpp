#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/store/client.hpp>
#include <consent_sync/store/codec.hpp>

#include "../figures.hpp"
#include "../run/hold_store.hpp"
#include "../run/known_address.hpp"
#include "../run/quick_exit.hpp"
#include "../run/sending.hpp"
#include "../run/token.hpp"
#include "../stores/examination.hpp"
#include "../stores/exit_code_of_whole.hpp"
#include "../stores/supervision.hpp"
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

void examine_input(const Config& config) {
  const std::string& path = config.input.path;
  if (path.empty() || path == "-") return;
  if (::access(path.c_str(), R_OK) != 0) {
    throw Failure(ExitCode::usage, fmt::format("input.path: {} cannot be read: {}", path,
                                               std::generic_category().message(errno)));
  }
  good(fmt::format("the input {} is there", path));
}

/// It may have to be made first.
void examine_report_directory(const Config& config) {
  std::filesystem::path place = std::filesystem::absolute(config.report.dir);
  std::error_code problem;
  while (std::filesystem::status(place, problem).type() == std::filesystem::file_type::not_found &&
         place.has_relative_path())
    place = place.parent_path();
  if (!problem && !std::filesystem::is_directory(place))
    problem = std::make_error_code(std::errc::not_a_directory);
  if (!problem && ::access(place.c_str(), W_OK | X_OK) != 0)
    problem = std::error_code(errno, std::generic_category());
  if (problem) {
    throw Failure(ExitCode::usage,
                  fmt::format("report.dir: {} cannot be written: {}", config.report.dir, problem.message()));
  }
  good(fmt::format("reports can be written to {}", config.report.dir));
}

void examine_ledger(const Config& config) {
  const std::unique_ptr<ledger::Ledger> ledger = ledger::open_ledger(config.ledger);
  good(fmt::format("the ledger {} opens", ledger::describe_location(config.ledger)));
  require_same_address(*ledger, config);
  if (const auto held = ledger::store_holder(config.ledger, config.store.hash))
    throw Failure(ExitCode::store_held, describe_holder(config.store.hash, *held));
}

ExitCode examine_store(const Config& config, const store::SecretText& token) {
  std::unique_ptr<store::ClientFactory> clients;
  try {
    clients = store::make_client_factory(
        client_options(config, token, boost::uuids::to_string(boost::uuids::random_generator()())));
  } catch (const std::invalid_argument& problem) {
    bad(with_place(config, problem.what()));
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

/// What is wrong is told, and is no reason not to look at the rest.
template <class Examine>
ExitCode told(Examine examine) {
  try {
    examine();
    return ExitCode::ok;
  } catch (const Failure& problem) {
    bad(problem.what());
    return problem.code();
  } catch (const ledger::LedgerError& problem) {
    bad(problem.what());
    return ExitCode::not_recorded;
  }
}

}  // namespace

ExitCode doctor_command(const Config& config) {
  std::vector<int> codes;
  const auto examine = [&codes](auto what) { codes.push_back(static_cast<int>(told(what))); };
  std::optional<store::SecretText> token;
  examine([&] {
    token = read_token(config);
    good("an access token is there");
  });
  examine([&] { examine_input(config); });
  examine([&] { examine_report_directory(config); });
  examine([&] { examine_ledger(config); });
  if (token) codes.push_back(static_cast<int>(examine_store(config, *token)));
  return worst_of(codes);
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
