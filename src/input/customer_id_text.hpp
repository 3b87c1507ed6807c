#pragma once

#include <consent_sync/consent/customer_id.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// Reads a customer id as an input writes it: decimal digits, without anything around them. Otherwise
/// nothing, and `problem` says what is wrong with the field of that name: mostly what a spreadsheet made of
/// it.
std::optional<consent::CustomerId> read_customer_id(std::string_view text, std::string& problem,
                                                    std::string_view name = "customer_id");

}  // namespace consent_sync::input
