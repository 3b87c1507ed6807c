#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace consent_sync::sandbox {

enum class RouteKind : std::uint8_t {
  outside,    ///< not below /stores/HASH/
  unknown,    ///< below it, but no resource of the API
  consent,    ///< .../v3/customers/ID/consent
  customers,  ///< .../v3/customers
  shopper,    ///< /shopper/ID/consent: no part of the API, see Shop::as_shopper
};

/// The parameters of a query, decoded, in their order.
using Query = std::vector<std::pair<std::string, std::string>>;

/// What a request's target points at.
struct Route {
  RouteKind kind = RouteKind::outside;
  std::string path;  ///< without the query
  std::string store_hash;
  std::optional<std::int64_t>
      customer;  ///< of consent and shopper; nothing if the path holds no positive number there
  Query query;
};

Route parse_route(std::string_view target);

/// "%2C" and "+" decoded; a % that starts no escape stands for itself.
std::string percent_decode(std::string_view text);

/// A whole number from 1, without a sign; nothing for anything else.
std::optional<std::int64_t> parse_positive(std::string_view text);

}  // namespace consent_sync::sandbox
