#include <consent_sync/sync/delivery.hpp>

#include <fmt/format.h>

namespace consent_sync::sync {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace

Step Delivery::on_verdict(const store::Verdict& verdict, int http_status, consent::Timestamp now,
                          double jitter01, bool costs_attempt) {
  using consent::Outcome;
  namespace verdict_is = store::verdict;
  http_status_ = http_status;
  return std::visit(
      Overloaded{
          [&](const verdict_is::Applied& applied) {
            ++attempts_;
            return confirmed(Outcome::applied, applied.held, now, "");
          },
          [&](const verdict_is::Differs& differs) { return on_differs(differs.held, now, jitter01); },
          [&](const verdict_is::EndRow& end) {
            ++attempts_;
            return done(end.outcome, end.reason);
          },
          [&](const verdict_is::Retry& retry) { return on_retry(retry, jitter01, costs_attempt); },
          [&](const verdict_is::Throttled&) { return Step(step::Again{}); },
          [&](const verdict_is::StoreDown&) {
            may_have_applied_ = true;
            return Step(step::Again{});
          },
          [&](const verdict_is::StopRun& stop) {
            return Step(step::Stop{stop.cause, stop.reason});
          },
          [&](const verdict_is::Cancelled& cancelled) {
            may_have_applied_ = may_have_applied_ || cancelled.may_have_applied;
            return Step(step::Drop{});
          },
      },
      verdict);
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
  const Step mismatch = confirmed(consent::Outcome::mismatch, held, now,
                                  fmt::format("The store answered 200 but holds {}", to_string(held)));
  if (differed_) return mismatch;
  differed_ = true;
  may_have_applied_ = true;
  return retry_or(mismatch, jitter01);
}

Step Delivery::on_retry(const store::verdict::Retry& retry, double jitter01, bool costs_attempt) {
  may_have_applied_ = may_have_applied_ || retry.may_have_applied;
  if (!costs_attempt) return step::Again{};
  ++attempts_;
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
  result.confirmed_at = now;
  return step;
}

}  // namespace consent_sync::sync
