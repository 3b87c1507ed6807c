#pragma once

#include <string>

#include <consent_sync/input/inspection.hpp>
#include <consent_sync/input/preset.hpp>

#include "../settings/config.hpp"

namespace consent_sync::app {

/// What the file suggests in place of a preset's own sections: YAML, with what to look at marked by ?.
std::string sections_for(const input::Preset& preset, const input::Inspection& found);

/// A job file for an inspected input, whose path is as the job file has to write it. It plans only (dry_run),
/// and what cannot be known from the file stands in it as comments marked with ?; until they are answered, it
/// is refused. `preset` is nullptr where none recognises the file.
std::string starter_job(const std::string& path, const Config& config, const input::Inspection& found,
                        const input::Preset* preset);

/// Writes a file that must not be there yet, whole or not at all. Throws Failure (usage).
void write_new_file(const std::string& path, const std::string& text);

}  // namespace consent_sync::app
