#pragma once

#include <array>
#include <consent_sync/consent/choice.hpp>
#include <string_view>

namespace consent_sync::input {

struct DecisionWord {
  std::string_view word;
  consent::Decision decision;
};

/// The words for a decision in the canonical form, in whatever case.
inline constexpr std::array decision_words{
    DecisionWord{"yes", consent::Decision::allow},     DecisionWord{"no", consent::Decision::deny},
    DecisionWord{"true", consent::Decision::allow},    DecisionWord{"false", consent::Decision::deny},
    DecisionWord{"1", consent::Decision::allow},       DecisionWord{"0", consent::Decision::deny},
    DecisionWord{"allow", consent::Decision::allow},   DecisionWord{"deny", consent::Decision::deny},
    DecisionWord{"granted", consent::Decision::allow}, DecisionWord{"denied", consent::Decision::deny},
};

}  // namespace consent_sync::input
