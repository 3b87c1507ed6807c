#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// Which column or key of the canonical form a name is a misspelling of, as far as it says what is allowed or
/// denied: allow, deny, consent or a category; "" if of none. What is passed over then would be a withdrawal.
std::string_view meant_by(std::string_view name);

/// Keys that are none of the canonical form's in any case or spelling. Remembers those it has judged.
class OtherKeys {
 public:
  bool include(std::string_view key);

 private:
  std::vector<std::string> known_;
};

}  // namespace consent_sync::input
