#include <consent_sync/plan/decision.hpp>

#include <fmt/format.h>

namespace consent_sync::plan {
namespace {

using consent::Choice;

/// What the input says once the policy has answered for it where it says nothing.
Choice spoken(Choice ours, Unspecified policy) {
  return policy == Unspecified::deny ? complete(ours, std::nullopt, policy) : ours;
}

/// Nothing can come of it, whoever has changed what: most customers of most nights.
bool is_so_already(Choice said, Choice now, const Policy& policy) {
  return policy.unspecified != Unspecified::omit && now.is_complete() && said.is_satisfied_by(now);
}

unsigned not_permitted(std::optional<Choice> now, Choice wanted, Direction direction) {
  switch (direction) {
    case Direction::both:
      return 0;
    case Direction::withdraw_only:
      return granted_mask(now, wanted);
    case Direction::grant_only:
      return withdrawn_mask(now, wanted);
  }
  return 0;
}

/// What the input says after this: what it says now, or, while a run is undone, what it said last.
Choice word_to_remember(const consent::Base& base, Choice said, const Policy& policy) {
  return policy.restores ? base.asked.value_or(base.held.value_or(said)) : said;
}

void add_sentence(std::string& text, const std::string& sentence) {
  if (!text.empty()) text += "; ";
  text += sentence;
}

Decision conflict(const Known& known, Choice ours, unsigned categories) {
  Decision decision{Decision::Kind::conflict, {}, {}, {}};
  decision.reason = fmt::format(
      "the shopper has changed this in the store since the last run, and so has the input: the store holds "
      "{}, the "
      "input says {}",
      to_string(held_now(known).value_or(Choice()).only(categories)), to_string(ours.only(categories)));
  return decision;
}

}  // namespace

Decision decide(const Known& known, Choice ours, const Policy& policy) {
  Known counting = known;
  if (policy.restores) counting.base.asked.reset();
  if (policy.essential_deny == EssentialDeny::reject &&
      ours.of(consent::Category::essential) == consent::Decision::deny) {
    return {Decision::Kind::refused,
            ours,
            {},
            "essential is denied: a shop cannot do without it; policy.essential_deny=send would send it"};
  }
  const Choice said = spoken(ours, policy.unspecified);
  if (const std::optional<Choice> now = held_now(counting); now && is_so_already(said, *now, policy)) {
    Decision nothing{Decision::Kind::nothing, *now, {}, {}};
    const Choice remembered = word_to_remember(known.base, said, policy);
    if (!remembered.is_satisfied_by(*now)) nothing.asked = remembered;
    return nothing;
  }
  const Reconciliation merged = reconcile(counting, said, policy.drift, policy.first_run);
  if (merged.conflicting != 0) return conflict(counting, said, merged.conflicting);

  const std::optional<Choice> now = held_now(counting);
  const bool omits = policy.unspecified == Unspecified::omit;
  const Choice target =
      omits ? merged.result.only(said.decided_mask()) : complete(merged.result, now, policy.unspecified);
  const unsigned back = not_permitted(now, target, policy.direction);
  Decision decision;
  // Where a change is not permitted the store's own word is sent along; where that is not known, nothing.
  decision.wanted = target.only(~back).or_else(now.value_or(Choice()).only(back));
  const Choice remembered = word_to_remember(known.base, said, policy).only(~back);
  if (!remembered.is_satisfied_by(decision.wanted)) decision.asked = remembered;
  if (merged.kept != 0) {
    const bool is_seen_now = known.theirs && known.theirs != known.base.held;
    add_sentence(decision.reason,
                 fmt::format("kept as {}: {}",
                             is_seen_now ? "the shopper chose in the store"
                                         : "it was left before, by a shopper's choice or an undo",
                             to_string(decision.wanted.only(merged.kept))));
  }
  if (back != 0) {
    add_sentence(decision.reason, fmt::format("held back by policy.direction={}: {}",
                                              to_string(policy.direction), to_string(target.only(back))));
  }
  if (!decision.wanted.is_satisfied_by(now.value_or(Choice()))) {
    decision.kind = Decision::Kind::send;
  } else if (back != 0) {
    decision.kind = Decision::Kind::held_back;
  }
  return decision;
}

}  // namespace consent_sync::plan
