#pragma once

#include <memory>

#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/input/reader.hpp>

namespace consent_sync::input {

/// The same rows, but for those whose choice was made after `latest`, by their own word: they are invalid. A
/// time in the future would stand over every choice that people make until then.
std::unique_ptr<Reader> without_later_choices(std::unique_ptr<Reader> all, consent::Timestamp latest);

}  // namespace consent_sync::input
