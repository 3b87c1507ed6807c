#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <consent_sync/input/inspection.hpp>

#include "../settings/mapping_in_force.hpp"
#include "commands.hpp"
#include "inspection_text.hpp"
#include "starter_job.hpp"

namespace consent_sync::app {
namespace {

/// A mapping that the file is read by, and where it is from.
struct Reading {
  std::shared_ptr<const input::Mapping> mapping;
  std::string name;
};

/// Nothing: there is none, or it leaves something to the user.
std::optional<Reading> reading_of(const input::ReaderOptions& options, const input::Inspection& found,
                                  const std::optional<input::Preset>& preset) {
  if (options.mapping) return Reading{options.mapping, "by the mapping given"};
  if (!preset) return std::nullopt;
  try {
    return Reading{std::make_shared<const input::Mapping>(
                       input::read_mapping(input::complete_preset(*preset, sections_for(*preset, found)))),
                   fmt::format("by the preset {}, completed as --write-job proposes", preset->name)};
  } catch (const input::MappingError&) {
    return std::nullopt;
  }
}

// A header row that the mapping cannot use is what the user wants to know, not the end of it.
std::string rehearse(const std::string& path, input::ReaderOptions options, const Reading& reading) {
  options.mapping = reading.mapping;
  try {
    return describe_rehearsal(input::rehearse(path, options), reading.name);
  } catch (const input::FileError& problem) {
    return fmt::format("\nRead {}: {}\n", reading.name, problem.what());
  }
}

std::string describe_proposals(const input::Inspection& found, const std::optional<input::Preset>& preset) {
  if (!preset) return describe_need_of_mapping(found);
  std::string text = "\nProposed preset\n" + describe_preset(*preset);
  for (std::size_t i = 1; i < found.proposals.size(); ++i) text += fmt::format("or {}\n", found.proposals[i]);
  return text;
}

std::string as_seen_from(const std::string& job, const std::string& input) {
  namespace fs = std::filesystem;
  return fs::absolute(input)
      .lexically_normal()
      .lexically_relative(fs::absolute(job).lexically_normal().parent_path())
      .string();
}

}  // namespace

ExitCode inspect_command(const Config& config, const std::string& job_file) {
  input::ReaderOptions options = config.input.reader;
  options.latest = input::latest_choice(consent::now());
  const input::Inspection found = input::inspect(config.input.path, options);
  std::optional<input::Preset> preset;
  if (!config.input.preset.empty()) {
    preset = load_preset(config.input.preset);
  } else if (!found.is_canonical && !found.proposals.empty()) {
    preset = input::find_preset(found.proposals.front());
  }
  fmt::print("{}", describe_inspection(config.input.path, found));
  if (const auto reading = reading_of(options, found, preset)) {
    fmt::print("{}", rehearse(config.input.path, options, *reading));
  } else {
    fmt::print("{}", describe_as_it_is(found));
  }
  fmt::print("{}", describe_proposals(found, preset));
  if (!job_file.empty()) {
    write_new_file(job_file, starter_job(as_seen_from(job_file, config.input.path), config, found,
                                         preset ? &*preset : nullptr));
    fmt::print("\nWrote {}. Look at every line with a ?, then: consent-sync run {}\n", job_file, job_file);
  }
  return ExitCode::ok;
}

ExitCode presets_command(const std::string& name) {
  if (!name.empty()) {
    fmt::print("{}", load_preset(name).text);
    return ExitCode::ok;
  }
  for (const std::string_view each : input::preset_names()) {
    fmt::print("{:<28} {}\n", each, input::find_preset(each).about);
  }
  fmt::print(
      "\nconsent-sync presets NAME prints one, to be read or changed. A job uses one as input.preset: NAME, "
      "or a file\nof yours as input.preset: ./FILE.yaml; input.mapping beside it takes the place of its "
      "sections.\n");
  return ExitCode::ok;
}

}  // namespace consent_sync::app
