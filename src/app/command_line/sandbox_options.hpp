#pragma once

#include <string>
#include <vector>

#include <consent_sync/sandbox/server.hpp>

namespace CLI {
class App;
}

namespace consent_sync::app {

/// The sandbox's flags before they are understood.
struct SandboxWords {
  sandbox::Options options;
  std::string window = "30s";
  std::string latency;
  std::string ca_file = "sandbox-ca.pem";
  std::vector<std::string> faults;
  std::vector<std::string> emails;
};

/// `words` outlives the parser.
void add_sandbox_options(CLI::App& command, SandboxWords& words);

/// Throws Failure (usage).
sandbox::Options read_sandbox_options(const SandboxWords& words);

}  // namespace consent_sync::app
