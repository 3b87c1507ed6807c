#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/consent/customer_id.hpp>

namespace consent_sync::app {

/// The customer's id stands in the text, as a whole number.
bool has_id(std::string_view text, consent::CustomerId customer);

/// Whether a run's report, in whatever format, tells of the customer. One that cannot be read may.
bool tells_of(const std::filesystem::path& report, consent::CustomerId customer);

/// The store that a run's report is about; "" where it does not say.
std::string store_of(const std::filesystem::path& report);

/// Files of a run's report with rows that were known by an e-mail address. Whose they are is not looked for.
std::vector<std::filesystem::path> files_by_address(const std::filesystem::path& report);

}  // namespace consent_sync::app
