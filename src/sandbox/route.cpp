#include "route.hpp"

#include <algorithm>
#include <charconv>

namespace consent_sync::sandbox {
namespace {

std::optional<char> hex_byte(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(pair.size(), equals + 1));
    query.emplace_back(percent_decode(pair.substr(0, equals)), percent_decode(value));
  }
  return query;
}

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

Route parse_route(std::string_view target) {
  Route route;
  const auto path = target.substr(0, target.find('?'));
  route.path = path;
  auto rest = path;
  if (cut_prefix(rest, "/shopper/") && rest.ends_with("/consent")) {
    rest.remove_suffix(std::string_view("/consent").size());
    route.kind = RouteKind::shopper;
    route.customer = parse_positive(rest);
    return route;
  }
  rest = path;
  if (!cut_prefix(rest, "/stores/")) return route;
  route.store_hash = rest.substr(0, rest.find('/'));
  rest.remove_prefix(route.store_hash.size());
  route.kind = RouteKind::unknown;
  if (!cut_prefix(rest, "/v3/customers")) return route;
  if (rest.empty()) {
    route.kind = RouteKind::customers;
    if (path.size() < target.size()) route.query = parse_query(target.substr(path.size() + 1));
    return route;
  }
  constexpr std::string_view consent_end = "/consent";
  if (!cut_prefix(rest, "/") || !rest.ends_with(consent_end)) return route;
  rest.remove_suffix(consent_end.size());
  if (rest.empty() || rest.find('/') != std::string_view::npos) return route;
  route.kind = RouteKind::consent;
  route.customer = parse_positive(rest);
  return route;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = text[at] == '%' ? hex_byte(text.substr(at + 1, 2)) : std::nullopt;
    if (byte) {
      decoded += *byte;
      at += 2;
    } else {
      decoded += text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

std::optional<std::int64_t> parse_positive(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

}  // namespace consent_sync::sandbox
