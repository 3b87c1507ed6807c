#pragma once

#include <string>
#include <vector>

#include <consent_sync/consent/timestamp.hpp>

#include "../settings/settings_of_store.hpp"

namespace consent_sync::app {

/// Tells a process that another runs it, for one of several stores, and when that one began (milliseconds of
/// the system's clock): Config::supervised_since. Not for people.
inline constexpr const char* supervised_flag = "--supervised-since";

/// Tells it with which settings (their fingerprint()): the files are read again, and may have changed
/// meanwhile.
inline constexpr const char* supervised_settings_flag = "--supervised-settings";

/// Of all settings in force: another when one of them is, for processes of this program.
std::string fingerprint(const Config& config);

/// The command line of the process of a store with these settings: ours (without the program's name), for
/// that store alone.
std::vector<std::string> arguments_for(const std::vector<std::string>& ours, const Config& config,
                                       consent::Timestamp since);

/// Each store's process takes some descriptors of ours: we have as many as the system lets us.
void take_all_descriptors();

/// "its process was ended by signal 9 (Killed)".
std::string ended_by(int signal);

/// As it is now: each "NAME=value".
std::vector<std::string> our_environment();

/// The environment of a store's process: ours ("NAME=value") without the variables that hold tokens of other
/// stores alone.
std::vector<std::string> environment_for(const std::vector<std::string>& ours, const Config& config,
                                         const std::vector<StoreJob>& all);

}  // namespace consent_sync::app
