#pragma once

#include <memory>
#include <string>

#include <consent_sync/consent/customer_id.hpp>

namespace consent_sync::ledger {

class AddressDigester;

/// What stands for customers where their ids must not be read, as in logs that leave this machine: a keyed
/// hash. A customer has the same one wherever this ledger's key is used; without the key (the file
/// LEDGER.email-key, its owner's only) nobody can find it by trying ids. Any one thread at a time.
class Pseudonyms {
 public:
  /// `location` as for open_ledger(). Makes the key if there is none. Throws LedgerError.
  Pseudonyms(const std::string& location, std::string store);
  ~Pseudonyms();

  /// 16 lower-case hexadecimal digits. Throws LedgerError.
  std::string of(consent::CustomerId customer) const;

 private:
  const std::string store_;
  const std::unique_ptr<AddressDigester> digester_;
};

}  // namespace consent_sync::ledger
