#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace consent_sync::sandbox {

/// The customers 1 to N and their e-mail addresses: customer7@example.com, or one of their own, which several
/// may share.
class AddressBook {
 public:
  AddressBook(std::int64_t count, const std::map<std::int64_t, std::string>& own = {});

  std::int64_t count() const { return count_; }
  std::string of(std::int64_t customer) const;
  /// Upper and lower case do not matter.
  std::vector<std::int64_t> owners_of(std::string_view address) const;

 private:
  std::int64_t count_;
  std::map<std::int64_t, std::string> own_;
  std::unordered_multimap<std::string, std::int64_t> owners_;  ///< of those, in lower case
};

}  // namespace consent_sync::sandbox
