#pragma once

#include <string>

#include <consent_sync/store/codec.hpp>
#include <consent_sync/store/judge.hpp>

#include "printable.hpp"
#include "promise.hpp"

namespace consent_sync::fuzz {

/// What the store said, as people get to see it: one line, no control characters, nobody's address.
inline void require_for_people(const std::string& words, std::size_t most) {
  require(words.size() <= most);
  require(store::printable(words, most) == words);
  require(words.find('@') == std::string::npos);
}

/// "" where the verdict has none.
inline std::string reason_of(const store::Verdict& verdict) {
  namespace verdicts = store::verdict;
  if (const auto* end = std::get_if<verdicts::EndRow>(&verdict)) return end->reason;
  if (const auto* retry = std::get_if<verdicts::Retry>(&verdict)) return retry->reason;
  if (const auto* down = std::get_if<verdicts::StoreDown>(&verdict)) return down->reason;
  if (const auto* stop = std::get_if<verdicts::StopRun>(&verdict)) return stop->reason;
  const auto* many = std::get_if<verdicts::TooMany>(&verdict);
  return many != nullptr ? many->reason : std::string();
}

/// Nothing is applied, held or listed but by a whole 200 that says so, and a question changes nothing.
inline void require_sound_verdicts(const store::Reply& reply, consent::Choice asked) {
  namespace verdicts = store::verdict;
  constexpr std::size_t with_advice = 600;
  const store::Exchange exchange(reply);
  const bool is_answer = reply.status == 200 && !reply.body_truncated;
  const auto held = store::decode_choice(reply.body);

  const store::Verdict put = store::judge_put(exchange, asked);
  const auto* applied = std::get_if<verdicts::Applied>(&put);
  const auto* differs = std::get_if<verdicts::Differs>(&put);
  require((applied != nullptr) == (is_answer && held && asked.is_satisfied_by(*held)));
  require((differs != nullptr) == (is_answer && held && !asked.is_satisfied_by(*held)));
  require(!std::holds_alternative<verdicts::Holds>(put) && !std::holds_alternative<verdicts::Listed>(put));

  const store::Verdict get = store::judge_get(exchange);
  require(std::holds_alternative<verdicts::Holds>(get) == (is_answer && held));

  const store::Verdict list = store::judge_customers(exchange);
  require(std::holds_alternative<verdicts::Listed>(list) ==
          (is_answer && store::decode_customers(reply.body)));
  require(!std::holds_alternative<verdicts::EndRow>(list));

  for (const store::Verdict* verdict : {&put, &get, &list}) {
    require_for_people(reason_of(*verdict), with_advice);
    const auto* retry = std::get_if<verdicts::Retry>(verdict);
    require(retry == nullptr || verdict == &put || !retry->may_have_applied);
  }
  for (const store::Verdict* verdict : {&get, &list}) {
    require(!std::holds_alternative<verdicts::Applied>(*verdict));
    require(!std::holds_alternative<verdicts::Differs>(*verdict));
  }
}

}  // namespace consent_sync::fuzz
