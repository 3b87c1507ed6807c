#pragma once

#include <consent_sync/consent/customer_id.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// What is wrong with a text that does not even look like an id.
inline constexpr std::string_view not_a_number = "it is not a whole number";

/// Reads a customer id as an input writes it: decimal digits, without anything around them. Otherwise
/// nothing, and `problem` says what is wrong with the field of that name: mostly what a spreadsheet made of
/// it.
std::optional<consent::CustomerId> read_customer_id(std::string_view text, std::string& problem,
                                                    std::string_view name = "customer_id");

}  // namespace consent_sync::input
