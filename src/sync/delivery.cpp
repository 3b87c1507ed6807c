#include <consent_sync/sync/delivery.hpp>

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include <consent_sync/plan/decision.hpp>

namespace consent_sync::sync {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

std::string words_for(consent::Choice choice) {
  return choice.is_empty() ? "no decision" : to_string(choice);
}

}  // namespace

Delivery::Delivery(const consent::Change& change, const RetryOptions& options, const AskingOptions& asking,
                   bool may_have_been_sent)
    : change_(change),
      planned_before_(change.before),
      planned_(change.wanted),
      options_(options),
      asking_(asking),
      may_have_applied_(may_have_been_sent && !asking.only_ask) {
  start_again();
  if (asking_.only_ask || asking_.check) return;
  const plan::Decision decision = plan::decide({change_.base, std::nullopt}, change_.input, asking_.policy);
  asked_ = decision.asked;
  note_ = decision.reason;
}

/// What a shopper may have done while a row waited for its next try is asked for again.
void Delivery::start_again() {
  next_ = asking_.only_ask ? Next::only_ask : asking_.check ? Next::check : Next::put;
}

Step Delivery::on_verdict(const store::Verdict& verdict, int http_status, consent::Timestamp now,
                          double jitter01, bool costs_attempt) {
  http_status_ = http_status;
  was_out_ = true;
  Step step = after(verdict, now, jitter01, costs_attempt);
  const bool waits_for_quota = std::holds_alternative<store::verdict::Throttled>(verdict);
  begins_later_try_ = std::holds_alternative<step::RetryAfter>(step) ||
                      (std::holds_alternative<step::Again>(step) && !waits_for_quota);
  return step;
}

Step Delivery::after(const store::Verdict& verdict, consent::Timestamp now, double jitter01,
                     bool costs_attempt) {
  namespace verdict_is = store::verdict;
  return std::visit(
      Overloaded{
          [&](const verdict_is::Applied& applied) { return on_applied(applied.held, now); },
          [&](const verdict_is::Differs& differs) { return on_differs(differs.held, now, jitter01); },
          [&](const verdict_is::Holds& holds) { return on_holds(holds.held, now, jitter01); },
          [&](const verdict_is::EndRow& end) { return on_end(end, now); },
          [&](const verdict_is::Retry& retry) { return on_retry(retry, now, jitter01, costs_attempt); },
          [&](const verdict_is::Throttled&) {
            if (!follows_up()) start_again();
            return Step(step::Again{});
          },
          [&](const verdict_is::StoreDown&) {
            may_have_applied_ = may_have_applied_ || next_ == Next::put;
            if (!follows_up()) start_again();
            return Step(step::Again{});
          },
          [&](const verdict_is::StopRun& stop) {
            return Step(step::Stop{stop.cause, stop.reason});
          },
          [&](const verdict_is::Cancelled& cancelled) {
            may_have_applied_ = may_have_applied_ || cancelled.may_have_applied;
            return Step(step::Drop{});
          },
          [](const auto&) -> Step {
            throw std::logic_error("this is no answer about one customer's consent");
          },
      },
      verdict);
}

Step Delivery::on_applied(consent::Choice held, consent::Timestamp now) {
  ++attempts_;
  if (!asking_.read_back) return confirmed(consent::Outcome::applied, held, now, note_);
  applied_ = held;
  may_have_applied_ = true;
  next_ = Next::read_back;
  return step::Proceed{};
}

Step Delivery::on_end(const store::verdict::EndRow& end, consent::Timestamp now) {
  // Only "no such customer" is an answer to the question too; another refusal leaves open what the store
  // holds.
  const bool is_missing = end.outcome == consent::Outcome::not_found;
  if (next_ == Next::settle && is_missing && end_->outcome == end.outcome) {
    return done(end.outcome, fmt::format("{}; asked again, it says the same", end.reason));
  }
  if (follows_up()) return not_followed_up(end.reason, now);
  ++attempts_;
  // Nothing was asked for that could have been rejected.
  if (next_ == Next::only_ask) return done(is_missing ? end.outcome : consent::Outcome::failed, end.reason);
  if (!may_have_applied_) return done(end.outcome, end.reason);
  end_ = end;
  next_ = Next::settle;
  return step::Proceed{};
}

Step Delivery::on_holds(consent::Choice held, consent::Timestamp now, double jitter01) {
  switch (next_) {
    case Next::only_ask:
      return compared(held, now);
    case Next::check:
      return on_checked(held, now);
    case Next::read_back:
      return read_back(held, now);
    case Next::settle:
      return settled(held, now, jitter01);
    case Next::put:
      break;
  }
  throw std::logic_error("an answer to a question that was not asked");
}

Step Delivery::compared(consent::Choice theirs, consent::Timestamp now) const {
  const bool agrees = change_.wanted.is_satisfied_by(theirs);
  Step step = confirmed(agrees ? consent::Outcome::in_sync : consent::Outcome::drifted, theirs, now,
                        agrees ? "" : fmt::format("The store holds {}", words_for(theirs)));
  consent::ChangeResult& result = std::get<step::Done>(step).result;
  result.change.before = theirs;
  result.attempts = attempts_ + 1;
  return step;
}

Step Delivery::on_checked(consent::Choice theirs, consent::Timestamp now) {
  using Kind = plan::Decision::Kind;
  if (may_have_applied_ && change_.wanted.is_satisfied_by(theirs)) {
    return confirmed(consent::Outcome::applied, theirs, now, note_);
  }
  // What a try that went wrong left there is nobody's choice: the same again.
  if (differed_ == theirs) {
    next_ = Next::put;
    return step::Proceed{};
  }
  if (asking_.approved && planned_before_ && theirs != *planned_before_) return overtaken(theirs);
  const plan::Decision decision = plan::decide({change_.base, theirs}, change_.input, asking_.policy);
  const bool is_as_planned = decision.wanted == planned_ || planned_.is_satisfied_by(theirs);
  if (asking_.approved && !is_as_planned) return overtaken(theirs);
  change_.before = theirs;
  change_.wanted = decision.wanted;
  asked_ = decision.asked;
  note_ = decision.reason;
  switch (decision.kind) {
    case Kind::send:
      next_ = Next::put;
      return step::Proceed{};
    case Kind::nothing:
      return confirmed(consent::Outcome::unchanged, theirs, now,
                       note_.empty() ? "the store held it already when it was asked" : note_);
    case Kind::held_back:
      return done(consent::Outcome::held_back, note_);
    case Kind::conflict:
      return done(consent::Outcome::conflict, note_);
    case Kind::refused:
      return done(consent::Outcome::invalid, note_);
  }
  throw std::logic_error("an unknown decision");
}

Step Delivery::overtaken(consent::Choice theirs) const {
  const bool undoes = asking_.policy.restores;
  Step step = done(consent::Outcome::conflict,
                   fmt::format("the store has moved since {}: it now holds {}{}{}",
                               undoes ? "the run that is undone" : "the plan was approved", words_for(theirs),
                               planned_before_ ? ", not " + words_for(*planned_before_) : "",
                               undoes ? "; a later change is not undone" : "; plan anew"));
  std::get<step::Done>(step).result.change.before = theirs;
  return step;
}

Step Delivery::read_back(consent::Choice theirs, consent::Timestamp now) {
  if (change_.wanted.is_satisfied_by(theirs)) return confirmed(consent::Outcome::applied, theirs, now, note_);
  return confirmed(
      consent::Outcome::mismatch, theirs, now,
      fmt::format("The store confirmed the change, but read back it holds {}", words_for(theirs)));
}

Step Delivery::settled(consent::Choice theirs, consent::Timestamp now, double jitter01) {
  if (change_.wanted.is_satisfied_by(theirs)) return confirmed(consent::Outcome::applied, theirs, now, note_);
  if (end_->outcome != consent::Outcome::not_found) {
    if (!differed_) return done(end_->outcome, end_->reason);
    return confirmed(consent::Outcome::mismatch, theirs, now,
                     fmt::format("The store answered 200 but holds {}; asked to change it again: {}",
                                 words_for(theirs), end_->reason));
  }
  const Step contradicted = not_followed_up(fmt::format("it holds {}", words_for(theirs)), now);
  start_again();
  return retry_or(contradicted, jitter01);
}

Step Delivery::not_followed_up(const std::string& why, consent::Timestamp now) const {
  if (next_ == Next::read_back) {
    return confirmed(consent::Outcome::unknown, *applied_, now,
                     fmt::format("The store confirmed the change, but it could not be read back: {}", why));
  }
  return done(consent::Outcome::unknown,
              fmt::format("{}, but a try before may have been applied; asked again: {}", end_->reason, why));
}

consent::ChangeResult Delivery::unfinished() const {
  consent::ChangeResult result(change_, consent::Outcome::pending);
  result.http_status = http_status_;
  result.attempts = attempts_;
  if (may_have_applied_) result.reason = "sent, and may have been applied; the next run sends it again";
  return result;
}

Step Delivery::on_differs(consent::Choice held, consent::Timestamp now, double jitter01) {
  ++attempts_;
  Step mismatch = confirmed(consent::Outcome::mismatch, held, now,
                            fmt::format("The store answered 200 but holds {}", to_string(held)));
  if (differed_) return mismatch;
  differed_ = held;
  may_have_applied_ = true;
  // Asked now, the store's answer would pass for a shopper's choice: the same again.
  next_ = Next::put;
  return retry_or(mismatch, jitter01);
}

Step Delivery::on_retry(const store::verdict::Retry& retry, consent::Timestamp now, double jitter01,
                        bool costs_attempt) {
  may_have_applied_ = may_have_applied_ || retry.may_have_applied;
  if (!follows_up()) start_again();
  if (!costs_attempt) return step::Again{};
  attempts_ = std::min(attempts_ + 1, options_.attempts);
  if (follows_up()) return retry_or(not_followed_up(retry.reason, now), jitter01);
  const std::string reason =
      fmt::format("{} of {} tries spent; the last: {}", attempts_, options_.attempts, retry.reason);
  return retry_or(done(may_have_applied_ ? consent::Outcome::unknown : consent::Outcome::failed, reason),
                  jitter01);
}

Step Delivery::retry_or(Step spent, double jitter01) const {
  if (attempts_ >= options_.attempts) return spent;
  return step::RetryAfter{pace::backoff_delay(options_.backoff, attempts_, jitter01)};
}

Step Delivery::done(consent::Outcome outcome, std::string reason) const {
  consent::ChangeResult result(change_, outcome);
  result.http_status = http_status_;
  result.attempts = attempts_;
  result.reason = std::move(reason);
  return step::Done{std::move(result)};
}

Step Delivery::confirmed(consent::Outcome outcome, consent::Choice held, consent::Timestamp now,
                         std::string reason) const {
  Step step = done(outcome, std::move(reason));
  consent::ChangeResult& result = std::get<step::Done>(step).result;
  result.held = held;
  if (asked_ && !asked_->is_satisfied_by(held)) result.asked = asked_;
  result.confirmed_at = now;
  return step;
}

}  // namespace consent_sync::sync
