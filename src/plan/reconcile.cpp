#include <consent_sync/plan/reconcile.hpp>

namespace consent_sync::plan {
namespace {

using consent::Choice;

/// How one category ended.
struct Merged {
  consent::Decision decision = consent::Decision::unspecified;
  bool conflicting = false;
};

Merged first_time(consent::Decision theirs, consent::Decision ours, FirstRun policy) {
  if (theirs == consent::Decision::unspecified || theirs == ours) return {ours};
  switch (policy) {
    case FirstRun::input:
      return {ours};
    case FirstRun::deny_wins:
      return {consent::Decision::deny};
    case FirstRun::keep_store:
      return {theirs};
  }
  return {theirs};
}

Merged both_changed(consent::Decision theirs, consent::Decision ours, Drift policy) {
  switch (policy) {
    case Drift::input:
      return {ours};
    case Drift::store:
      return {theirs};
    case Drift::deny_wins:
      return {theirs == consent::Decision::deny ? theirs : ours};
    case Drift::conflict:
      return {theirs, true};
  }
  return {theirs, true};
}

}  // namespace

std::string_view to_string(Drift policy) {
  switch (policy) {
    case Drift::input:
      return "input";
    case Drift::store:
      return "store";
    case Drift::deny_wins:
      return "deny_wins";
    case Drift::conflict:
      return "conflict";
  }
  return "";
}

std::string_view to_string(FirstRun policy) {
  switch (policy) {
    case FirstRun::input:
      return "input";
    case FirstRun::deny_wins:
      return "deny_wins";
    case FirstRun::keep_store:
      return "keep_store";
  }
  return "";
}

std::optional<Choice> held_now(const Known& known) {
  return known.theirs ? known.theirs : known.base.believed();
}

Reconciliation reconcile(const Known& known, Choice ours, Drift drift, FirstRun first_run) {
  const Choice now = held_now(known).value_or(Choice());
  // Whether the store has changed cannot be told while what it confirmed is in doubt, and nobody asked it.
  const std::optional<Choice> base = known.theirs ? known.base.held : known.base.believed();
  const Choice held = base.value_or(Choice());
  const Choice said = known.base.asked.value_or(Choice()).or_else(held);
  Reconciliation done;
  for (const consent::Category category : consent::all_categories) {
    const consent::Decision input = ours.of(category);
    const consent::Decision store = now.of(category);
    Merged merged{store};
    if (input == store || input == consent::Decision::unspecified) {
      merged = {store};
    } else if (!base) {
      merged = first_time(store, input, first_run);
    } else {
      const bool input_changed = input != said.of(category);
      const bool store_changed = store != held.of(category);
      if (input_changed && store_changed) merged = both_changed(store, input, drift);
      if (input_changed && !store_changed) merged = {input};
    }
    const unsigned bit = 1U << static_cast<unsigned>(category);
    done.result.set(category, merged.decision);
    if (merged.conflicting) {
      done.conflicting |= bit;
    } else if (input != consent::Decision::unspecified && merged.decision != input) {
      done.kept |= bit;
    }
  }
  return done;
}

}  // namespace consent_sync::plan
