#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/pace/backoff.hpp>
#include <consent_sync/plan/policy.hpp>
#include <consent_sync/store/judge.hpp>

namespace consent_sync::sync {

struct RetryOptions {
  int attempts = 5;  ///< tries of one change in all, from 1
  pace::BackoffOptions backoff;
};

/// What is asked around a change, and what the answers mean for it.
struct AskingOptions {
  bool only_ask = false;  ///< nothing is sent: the row ends as in_sync or drifted
  bool check =
      false;  ///< each PUT follows a GET, and is sent only if what the store holds then still calls for it
  bool read_back = false;  ///< a change that was applied is read with a GET, too
  bool approved = false;   ///< with `check`: the change is sent as it was planned (an approved plan, an undo)
                           ///< or, if the store has moved, not at all
  plan::Policy policy;     ///< by which a checked change is decided anew
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
/// Send the next request for this row at once.
struct Proceed {};
/// Nothing more may be sent to this store; the row stays pending.
struct Stop {
  store::StopCause cause;
  std::string reason;
};
/// We gave up ourselves; the row stays pending.
struct Drop {};
}  // namespace step

using Step = std::variant<step::Done, step::Proceed, step::RetryAfter, step::Again, step::Stop, step::Drop>;

/// One change on its way to the store: what each answer to it means, given the answers before. A pure state
/// machine; time and randomness are parameters.
class Delivery {
 public:
  /// `may_have_been_sent`: an earlier process may have sent it, and nobody knows what came of that.
  Delivery(const consent::Change& change, const RetryOptions& options, const AskingOptions& asking = {},
           bool may_have_been_sent = false);

  const consent::Change& change() const { return change_; }
  int attempts() const { return attempts_; }
  /// The row ends if the next request fails.
  bool is_at_last_try() const { return attempts_ + 1 >= options_.attempts; }
  /// The next request is a GET of the customer's consent; else a PUT of change().wanted.
  bool asks() const { return next_ != Next::put; }
  /// The next request begins a later try of the row; what a 429 let wait is none.
  bool begins_later_try() const { return begins_later_try_; }
  /// The store was asked about it, or sent it, by this process.
  bool was_out() const { return was_out_; }

  /// Says of a row that stays pending what is known of its tries.
  consent::ChangeResult unfinished() const;

  /// The request was written once already without an answer: a stale connection was replaced under it.
  void on_resent() { may_have_applied_ = true; }

  /// What to do after an answer. `http_status`: of the reply, 0 without one. `costs_attempt`: false when the
  /// failure says nothing about this row (the whole store is out of reach). `jitter01` in [0, 1).
  Step on_verdict(const store::Verdict& verdict, int http_status, consent::Timestamp now, double jitter01,
                  bool costs_attempt = true);

 private:
  /// `settle`: a PUT was refused, but one before it may have been applied: what does the store hold?
  enum class Next : std::uint8_t { only_ask, check, put, read_back, settle };

  Step after(const store::Verdict& verdict, consent::Timestamp now, double jitter01, bool costs_attempt);
  Step on_applied(consent::Choice held, consent::Timestamp now);
  Step on_holds(consent::Choice held, consent::Timestamp now, double jitter01);
  Step on_checked(consent::Choice theirs, consent::Timestamp now);
  Step compared(consent::Choice theirs, consent::Timestamp now) const;
  Step read_back(consent::Choice theirs, consent::Timestamp now);
  Step settled(consent::Choice theirs, consent::Timestamp now, double jitter01);
  Step not_followed_up(const std::string& why, consent::Timestamp now) const;
  Step overtaken(consent::Choice theirs) const;
  Step on_end(const store::verdict::EndRow& end, consent::Timestamp now);
  Step done(consent::Outcome outcome, std::string reason) const;
  Step confirmed(consent::Outcome outcome, consent::Choice held, consent::Timestamp now,
                 std::string reason) const;
  Step retry_or(Step spent, double jitter01) const;
  Step on_differs(consent::Choice held, consent::Timestamp now, double jitter01);
  Step on_retry(const store::verdict::Retry& retry, consent::Timestamp now, double jitter01,
                bool costs_attempt);
  void start_again();
  /// The PUT has had its answer, and a GET looks after what became of it.
  bool follows_up() const { return next_ == Next::read_back || next_ == Next::settle; }

  consent::Change change_;
  std::optional<consent::Choice> planned_before_;
  consent::Choice planned_;
  RetryOptions options_;
  AskingOptions asking_;
  Next next_ = Next::put;
  std::optional<consent::Choice> asked_;       ///< see consent::ChangeResult
  std::string note_;                           ///< why the row ends otherwise than its input says
  std::optional<consent::Choice> applied_;     ///< by the reply to a PUT
  std::optional<consent::Choice> differed_;    ///< what the store held after a PUT, in place of what was sent
  std::optional<store::verdict::EndRow> end_;  ///< how a PUT was refused that has to be settled
  int attempts_ = 0;
  int http_status_ = 0;
  bool begins_later_try_ = false;
  bool was_out_ = false;
  bool may_have_applied_;
};

}  // namespace consent_sync::sync
