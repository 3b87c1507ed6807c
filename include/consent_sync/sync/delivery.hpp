#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/pace/backoff.hpp>
#include <consent_sync/store/judge.hpp>

namespace consent_sync::sync {

struct RetryOptions {
  int attempts = 5;  ///< tries of one change in all, from 1
  pace::BackoffOptions backoff;
};

namespace step {
/// The row has its outcome.
struct Done {
  consent::ChangeResult result;
};
/// Try again after `delay`.
struct RetryAfter {
  std::chrono::milliseconds delay;
};
/// Try again as soon as the store may be asked: nothing was wrong with this row.
struct Again {};
/// Nothing more may be sent to this store; the row stays pending.
struct Stop {
  store::StopCause cause;
  std::string reason;
};
/// We gave up ourselves; the row stays pending.
struct Drop {};
}  // namespace step

using Step = std::variant<step::Done, step::RetryAfter, step::Again, step::Stop, step::Drop>;

/// One change on its way to the store: what each answer to it means, given the answers before. A pure state
/// machine; time and randomness are parameters.
class Delivery {
 public:
  /// `may_have_been_sent`: an earlier process may have sent it, and nobody knows what came of that.
  Delivery(consent::Change change, RetryOptions options, bool may_have_been_sent = false)
      : change_(change), options_(options), may_have_applied_(may_have_been_sent) {}

  const consent::Change& change() const { return change_; }
  int attempts() const { return attempts_; }

  /// Says of a row that stays pending what is known of its tries.
  consent::ChangeResult unfinished() const;

  /// The request was written once already without an answer: a stale connection was replaced under it.
  void on_resent() { may_have_applied_ = true; }

  /// What to do after an answer. `http_status`: of the reply, 0 without one. `costs_attempt`: false when the
  /// failure says nothing about this row (the whole store is out of reach). `jitter01` in [0, 1).
  Step on_verdict(const store::Verdict& verdict, int http_status, consent::Timestamp now, double jitter01,
                  bool costs_attempt = true);

 private:
  Step done(consent::Outcome outcome, std::string reason) const;
  Step confirmed(consent::Outcome outcome, consent::Choice held, consent::Timestamp now,
                 std::string reason) const;
  Step retry_or(Step spent, double jitter01) const;
  Step on_differs(consent::Choice held, consent::Timestamp now, double jitter01);
  Step on_retry(const store::verdict::Retry& retry, double jitter01, bool costs_attempt);

  consent::Change change_;
  RetryOptions options_;
  int attempts_ = 0;
  int http_status_ = 0;
  bool differed_ = false;
  bool may_have_applied_;
};

}  // namespace consent_sync::sync
