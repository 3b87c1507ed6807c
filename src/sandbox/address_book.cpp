#include "address_book.hpp"

#include <optional>

#include <fmt/format.h>

#include "route.hpp"

namespace consent_sync::sandbox {
namespace {

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

/// The id in "customer7@example.com".
std::optional<std::int64_t> id_in(std::string_view address) {
  constexpr std::string_view before = "customer";
  constexpr std::string_view after = "@example.com";
  if (!address.starts_with(before) || !address.ends_with(after) ||
      address.size() <= before.size() + after.size()) {
    return std::nullopt;
  }
  address.remove_prefix(before.size());
  address.remove_suffix(after.size());
  if (address.starts_with('0')) return std::nullopt;
  return parse_positive(address);
}

}  // namespace

AddressBook::AddressBook(std::int64_t count, const std::map<std::int64_t, std::string>& own)
    : count_(count), own_(own) {
  for (const auto& [customer, address] : own_) owners_.emplace(in_lower_case(address), customer);
}

std::string AddressBook::of(std::int64_t customer) const {
  const auto found = own_.find(customer);
  return found == own_.end() ? fmt::format("customer{}@example.com", customer) : found->second;
}

std::vector<std::int64_t> AddressBook::owners_of(std::string_view address) const {
  const std::string lower = in_lower_case(address);
  std::vector<std::int64_t> owners;
  const auto [begin, end] = owners_.equal_range(lower);
  for (auto owner = begin; owner != end; ++owner) owners.push_back(owner->second);
  const std::optional<std::int64_t> id = id_in(lower);
  if (id && !own_.contains(*id)) owners.push_back(*id);
  return owners;
}

}  // namespace consent_sync::sandbox
