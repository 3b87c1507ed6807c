#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>

namespace consent_sync::store {

/// The body of a PUT: {"allow":["essential"],"deny":["analytics"]}. Both lists always present, in category
/// order.
const std::string& encode_choice(consent::Choice choice);

/// Reads a consent reply. Lists in any order, either may be absent (empty); unknown members are ignored.
/// Nothing if it is not a JSON object, a list holds anything but the four categories, or a category is in
/// both.
std::optional<consent::Choice> decode_choice(std::string_view body);

/// A page of customers, as far as it matters here.
struct CustomerPage {
  std::vector<consent::CustomerId> customers;
  std::vector<std::string> emails;  ///< theirs, as the store writes them; empty where it names none
  bool is_last = true;              ///< no page of the same list follows
};

/// Reads a reply to GET /customers. Nothing if it is no such list; what else it says of customers is passed
/// over.
std::optional<CustomerPage> decode_customers(std::string_view body);

/// The store's words in an error body: title and errors, or the start of a text that is no JSON. Printable,
/// at most 300 bytes, e-mail addresses masked; empty if the body says nothing.
std::string describe_error_body(std::string_view body);

}  // namespace consent_sync::store
