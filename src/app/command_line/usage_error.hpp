#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace consent_sync::app {

/// What is wrong with a command line that the parser refused with `sentence`: that, or a better one, with
/// what a typing error may have meant.
std::string explain_usage_error(const CLI::App& app, const std::string& sentence, int argc, char** argv);

}  // namespace consent_sync::app
