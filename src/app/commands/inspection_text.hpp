#pragma once

#include <string>

#include <consent_sync/input/inspection.hpp>
#include <consent_sync/input/preset.hpp>

namespace consent_sync::app {

/// What was found in a file, for people. No e-mail address is in it.
std::string describe_inspection(const std::string& path, const input::Inspection& found);

/// What a mapping made of it; `mapping` names that.
std::string describe_rehearsal(const input::Rehearsal& rehearsal, const std::string& mapping);

/// What is made of the file without a mapping.
std::string describe_as_it_is(const input::Inspection& found);

/// Whether it needs a mapping, where no preset recognises it; "" where one was given.
std::string describe_need_of_mapping(const input::Inspection& found);

/// A preset, what is ambiguous and what is not verified about it.
std::string describe_preset(const input::Preset& preset);

}  // namespace consent_sync::app
