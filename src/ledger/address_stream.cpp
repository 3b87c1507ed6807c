#include "address_stream.hpp"

namespace consent_sync::ledger {
namespace {

using Owners = AddressedRow::Owners;

constexpr const char* known_sql =
    "SELECT address, customers, asked_at FROM email_owner WHERE store = ? AND address >= ? ORDER BY address";
constexpr const char* nobodys_sql =
    "SELECT address FROM email_of_nobody WHERE run = ? AND address >= ? ORDER BY address";

}  // namespace

AddressStream::AddressStream(Staging& staging, const Connection& ledger, std::int64_t run,
                             const std::string& store, consent::Timestamp since)
    : connection_(ledger.another()),
      entries_(staging.addresses()),
      known_(*connection_, known_sql, store),
      nobodys_(*connection_, nobodys_sql, run),
      since_(since.time_since_epoch().count()) {}

const AddressEntry* AddressStream::next() {
  const AddressEntry* entry = entries_.next();
  if (entry == nullptr) return nullptr;
  const AddressDigest address = entry->digest();
  is_first_ = address != address_;
  if (is_first_) find_owners(address);
  address_ = address;
  return entry;
}

void AddressStream::find_owners(const AddressDigest& address) {
  customers_.clear();
  owners_ = Owners::not_asked;
  if (nobodys_.find(address)) {
    owners_ = Owners::nobody;
  } else if (known_.find(address) && known_.integer(2) >= since_) {
    owners_ = Owners::known;
    customers_ = known_.customers(1);
  }
}

void AddressStream::rest() {
  known_.rest();
  nobodys_.rest();
}

}  // namespace consent_sync::ledger
