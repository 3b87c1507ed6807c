#include "mapping_in_force.hpp"

#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "settings.hpp"

namespace consent_sync::app {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream || text.str().empty()) {
    throw Failure(ExitCode::usage,
                  fmt::format("input.preset: {} cannot be read: {}", path,
                              stream ? std::string("it is empty") : std::generic_category().message(errno)));
  }
  return text.str();
}

std::string name_of_mapping(const Config& config) {
  return config.input.preset.empty() ? "input.mapping" : "input.preset " + config.input.preset;
}

}  // namespace

input::Preset load_preset(const std::string& name_or_file) {
  try {
    if (!names_a_file(name_or_file)) return input::find_preset(name_or_file);
    return input::read_preset(name_or_file, read_file(name_or_file));
  } catch (const input::MappingError& problem) {
    const std::string where = problem.line() == 0 ? "" : fmt::format("{}:{}: ", name_or_file, problem.line());
    throw Failure(ExitCode::usage, where + problem.what());
  }
}

void resolve_mapping(Config& config) {
  auto& input = config.input;
  if (!input.preset.empty()) {
    const input::Preset preset = load_preset(input.preset);
    try {
      input.mapping = input::complete_preset(preset, input.mapping);
    } catch (const input::MappingError& problem) {
      throw Failure(ExitCode::usage, fmt::format("{}: {}", name_of_mapping(config), problem.what()));
    }
  }
  use_mapping(config);
}

void use_mapping(Config& config) {
  if (config.input.mapping.empty()) return;
  try {
    config.input.reader.mapping =
        std::make_shared<const input::Mapping>(input::read_mapping(config.input.mapping));
  } catch (const input::MappingError& problem) {
    throw Failure(ExitCode::usage, fmt::format("{}: {}", name_of_mapping(config), problem.what()));
  }
}

}  // namespace consent_sync::app
