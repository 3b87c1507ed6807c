#include <consent_sync/store/judge.hpp>

#include "engine_impl.hpp"
#include "exchange_reading.hpp"

namespace consent_sync::sync {

using Clock = std::chrono::steady_clock;

bool Engine::Impl::on_exchange(Delivery& delivery, pace::TimePoint departed,
                               const store::Exchange& exchange) {
  count(traffic_, exchange, !delivery.asks(), delivery.begins_later_try());
  if (exchange.reopened && !delivery.asks()) delivery.on_resent();
  const store::Verdict verdict =
      delivery.asks() ? store::judge_get(exchange) : store::judge_put(exchange, delivery.change().wanted);
  // It says nothing about the row that found it so.
  const bool is_out = is_out_of_reach(delivery, exchange, verdict);
  pace::Answer answer = answer_of(exchange, verdict);
  if (is_out) answer.sign = pace::Sign::down;
  learn_from(departed, exchange, verdict, answer);
  const auto now = consent::now();
  Step step = delivery.on_verdict(verdict, status_of(exchange), now, jitter_.next01(), !is_out);
  gate_.reconsider();
  if (std::holds_alternative<step::Proceed>(step)) return true;
  take(std::move(step), std::move(delivery));
  return false;
}

/// Nobody has had a good answer, and the next try may end the row: is it the row, or the store? A quiet night
/// has too few changes to tell by their number.
bool Engine::Impl::must_ask_about_store(const Delivery& delivery) const {
  return !pacer_.has_been_well() && delivery.attempts() > 0 && delivery.is_at_last_try();
}

/// A store that is not well pauses for all, and is asked this again until it is, or is given up.
void Engine::Impl::on_answer_about_store(pace::TimePoint departed, const store::Exchange& exchange) {
  count(traffic_, exchange, false, false);
  const store::Verdict verdict = store::judge_customers(exchange);
  learn_from(departed, exchange, verdict, answer_about_store(exchange, verdict));
  const auto* halt = std::get_if<store::verdict::StopRun>(&verdict);
  // What it says to this question it need not say to the row.
  if (halt && !reply_of(exchange)) stop(Stopped{stopped_by(halt->cause), halt->reason});
  gate_.reconsider();
}

/// The probe has no answer; or there is no connection, and for as many tries as this row has, of which it
/// would be the last, nobody had an answer: a quiet night has too few changes to open the breaker by their
/// number.
bool Engine::Impl::is_out_of_reach(const Delivery& delivery, const store::Exchange& exchange,
                                   const store::Verdict& verdict) const {
  const auto* failure = std::get_if<store::TransportFailure>(&exchange.result);
  if (failure == nullptr || !std::holds_alternative<store::verdict::Retry>(verdict)) return false;
  if (pacer_.breaker() == pace::Breaker::State::half_open) return true;
  return !failure->may_have_arrived && delivery.is_at_last_try() &&
         pacer_.failures_in_a_row() + 1 >= options_.retry.attempts;
}

void Engine::Impl::learn_from(pace::TimePoint departed, const store::Exchange& exchange,
                              const store::Verdict& verdict, const pace::Answer& answer) {
  if (const auto fault = fault_in(exchange, verdict)) ++traffic_.faults[*fault];
  if (const std::string reason = trouble_in(verdict); !reason.empty()) last_failure_ = reason;
  pacer_.on_answer(departed, Clock::now(), answer, jitter_.next01());
  account_for_windows();
}

void Engine::Impl::account_for_windows() {
  for (const pace::WindowUse& window : pacer_.take_ended_windows()) recorder_.record(to_ledger(window));
}

void Engine::Impl::take(Step step, Delivery delivery) {
  const pace::TimePoint now = Clock::now();
  if (auto* done = std::get_if<step::Done>(&step)) {
    ++ended_[done->result.outcome];
    if (options_.on_ended) options_.on_ended(done->result);
    recorder_.record(std::move(done->result));
  } else if (const auto* retry = std::get_if<step::RetryAfter>(&step)) {
    retries_.push(now + retry->delay, std::move(delivery));
    changed_.notify_all();
  } else if (std::holds_alternative<step::Again>(step)) {
    again_.push(now, std::move(delivery));
    changed_.notify_all();
  } else if (const auto* halt = std::get_if<step::Stop>(&step)) {
    stop(Stopped{stopped_by(halt->cause), halt->reason});
    recorder_.record(delivery.unfinished());
  } else {
    recorder_.record(delivery.unfinished());
  }
}

}  // namespace consent_sync::sync
