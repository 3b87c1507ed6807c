#include "sandbox_options.hpp"

#include <limits>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "../exit_code.hpp"
#include "../settings/values.hpp"

namespace consent_sync::app {
namespace {

std::string fault_help() {
  std::string text = "Faults:\n";
  for (const sandbox::FaultInfo& fault : sandbox::fault_table()) {
    text += fmt::format("  {:<18} {}\n", fault.name, fault.description);
  }
  return text + std::string(sandbox::fault_grammar());
}

/// "7=jo@example.com"
std::pair<std::int64_t, std::string> parse_email(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) throw std::invalid_argument("expected CUSTOMER=ADDRESS");
  const std::int64_t customer =
      parse_integer(std::string_view(text).substr(0, equals), 1, std::numeric_limits<std::int64_t>::max());
  return {customer, text.substr(equals + 1)};
}

template <class Read>
auto read_flag(const char* flag, const std::string& value, Read read) {
  try {
    return read(value);
  } catch (const std::invalid_argument& problem) {
    throw Failure(ExitCode::usage, fmt::format("{} is \"{}\": {}", flag, value, problem.what()));
  }
}

}  // namespace

void add_sandbox_options(CLI::App& command, SandboxWords& words) {
  sandbox::Options& options = words.options;
  command.add_option("--host", options.host, "address to listen on")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command.add_option("--port", options.port, "port to listen on; 0: any free one")
      ->type_name("PORT")
      ->capture_default_str();
  command.add_option("--store-hash", options.store_hash, "the store's hash")
      ->type_name("HASH")
      ->capture_default_str();
  command.add_option("--token", options.token, "the token that may read and write")
      ->type_name("TOKEN")
      ->capture_default_str();
  command.add_option("--read-only-token", options.read_only_token, "a token that may only read")
      ->type_name("TOKEN");
  command.add_option("--customers", options.customers, "customers 1 to N exist")
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--email", words.emails,
                  "the address of a customer, in place of customerN@example.com; several may share one")
      ->type_name("CUSTOMER=ADDRESS");
  command.add_option("--quota", options.quota, "requests a window; 0: unlimited")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--window", words.window, "length of the quota window")
      ->type_name("TIME")
      ->capture_default_str();
  command.add_option("--latency", words.latency, "passes before each request is handled")->type_name("TIME");
  command.add_option("--ca-file", words.ca_file, "where the certificate authority is written")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_option("--seed", options.seed, "of what happens by chance")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--fault", words.faults, "what goes wrong, and when; may be given several times")
      ->type_name("FAULT");
  command.footer(fault_help());
}

sandbox::Options read_sandbox_options(const SandboxWords& words) {
  sandbox::Options options = words.options;
  options.ca_file = words.ca_file;
  options.window = read_flag("--window", words.window, parse_duration);
  if (!words.latency.empty()) options.latency = read_flag("--latency", words.latency, parse_duration);
  for (const std::string& email : words.emails) {
    options.emails.insert(read_flag("--email", email, parse_email));
  }
  for (const std::string& fault : words.faults) {
    options.faults.push_back(read_flag("--fault", fault, sandbox::parse_fault));
  }
  return options;
}

}  // namespace consent_sync::app
