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
  if (const auto fault = fault_in(exchange, verdict)) ++traffic_.faults[*fault];
  // A probe that finds nobody at home says nothing about the row that it carried.
  const bool costs_attempt =
      reply_of(exchange) != nullptr || pacer_.breaker() != pace::Breaker::State::half_open;
  if (const std::string reason = trouble_in(verdict); !reason.empty()) last_failure_ = reason;
  pacer_.on_answer(departed, Clock::now(), answer_of(exchange, verdict), jitter_.next01());
  account_for_windows();
  const auto now = consent::now();
  Step step = delivery.on_verdict(verdict, status_of(exchange), now, jitter_.next01(), costs_attempt);
  gate_.reconsider();
  if (std::holds_alternative<step::Proceed>(step)) return true;
  take(std::move(step), std::move(delivery));
  return false;
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
