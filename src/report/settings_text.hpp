#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::report {

/// A setting that was in force in a run, as ledger::Run::settings has it.
struct SettingLine {
  std::string_view key;
  std::string_view value;
};

/// The views are parts of `settings`. Lines that are no "key: value" are passed over.
std::vector<SettingLine> setting_lines(std::string_view settings);

/// The value of a setting; "" if it was not set.
std::string_view setting_in(std::string_view settings, std::string_view key);

/// The command with the job file that the run was of, or the configuration file that was named for it, and so
/// with its store and settings; as a shell takes it.
std::string with_files_of(std::string_view settings, std::string command);

/// As a shell takes it for one word.
std::string shell_word(std::string_view text);

}  // namespace consent_sync::report
