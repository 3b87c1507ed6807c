#include <csignal>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "commands.hpp"

namespace consent_sync::app {
namespace {

std::unique_ptr<sandbox::Server> open_store(const sandbox::Options& options) {
  try {
    return std::make_unique<sandbox::Server>(options);
  } catch (const std::exception& problem) {
    throw Failure(ExitCode::usage, problem.what());
  }
}

void introduce(const sandbox::Options& options, const sandbox::Server& server) {
  fmt::print(
      "Sandbox store at {}; customers 1 to {}. Try it with:\n\n"
      "  export BIGCOMMERCE_ACCESS_TOKEN={}\n"
      "  consent-sync sync INPUT --store-hash {} --store-api-url {} --store-ca-file {}\n\n"
      "Ctrl-C ends it.\n",
      server.api_url(), options.customers, options.token, options.store_hash, server.api_url(),
      options.ca_file.string());
  std::fflush(stdout);
}

/// An object of the faults that struck, by name.
std::string strikes_of(const sandbox::Counters& counters) {
  std::string members;
  for (const auto& [name, count] : counters.faults) {
    members += fmt::format("{}\"{}\":{}", members.empty() ? "" : ",", name, count);
  }
  return "{" + members + "}";
}

// One line of JSON, for whoever asks what the store has seen.
void tell_counters(const sandbox::Counters& counters) {
  std::string windows;
  for (const sandbox::WindowUse& use : counters.windows) {
    windows += fmt::format("{}{{\"window\":{},\"requests\":{},\"throttled\":{}}}", windows.empty() ? "" : ",",
                           use.window, use.requests, use.throttled);
  }
  std::string statuses;
  for (const auto& [status, count] : counters.status) {
    statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
  }
  fmt::print(
      "{{\"connections\":{},\"requests\":{},\"put\":{},\"get\":{},\"applied\":{},\"faults\":{},\"throttled\":"
      "{},"
      "\"max_consecutive_throttled\":{},\"max_in_flight\":{},\"max_in_flight_per_customer\":{},"
      "\"by_older_connection\":{},"
      "\"status\":{{{}}},\"windows\":[{}]}}\n",
      counters.connections, counters.requests, counters.put, counters.get, counters.applied,
      strikes_of(counters), counters.throttled, counters.max_consecutive_throttled, counters.max_in_flight,
      counters.max_in_flight_per_customer, counters.by_older_connection, statuses, windows);
  std::fflush(stdout);
}

}  // namespace

ExitCode sandbox_command(const sandbox::Options& options) {
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([](boost::system::error_code, int) {});
  const std::unique_ptr<sandbox::Server> server = open_store(options);
  introduce(options, *server);
  io.run();
  tell_counters(server->counters());
  return ExitCode::ok;
}

}  // namespace consent_sync::app
