#include <consent_sync/ledger/pseudonyms.hpp>

#include <fmt/format.h>

#include <consent_sync/ledger/evidence.hpp>

#include "address_digest.hpp"
#include "opening.hpp"

namespace consent_sync::ledger {
namespace {

constexpr std::size_t size_in_bytes = 8;

}  // namespace

Pseudonyms::Pseudonyms(const std::string& location, std::string store)
    : store_(std::move(store)), digester_(std::make_unique<AddressDigester>(hash_key_of(location))) {}
Pseudonyms::~Pseudonyms() = default;

std::string Pseudonyms::of(consent::CustomerId customer) const {
  // Without an @ it is no address: no two kinds of text share a digest.
  const AddressDigest digest = (*digester_)(fmt::format("customer {} of {}", customer.value(), store_));
  return to_hex({reinterpret_cast<const char*>(digest.data()), size_in_bytes});
}

}  // namespace consent_sync::ledger
