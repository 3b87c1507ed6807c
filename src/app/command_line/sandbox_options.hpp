#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <consent_sync/sandbox/server.hpp>

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

/// Adds the sandbox command to the parser; `words` outlives it.
CLI::App* add_sandbox_command(CLI::App& app, SandboxWords& words);

/// Throws Failure (usage).
sandbox::Options read_sandbox_options(const SandboxWords& words);

}  // namespace consent_sync::app
