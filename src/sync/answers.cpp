#include <consent_sync/store/judge.hpp>

#include "engine_impl.hpp"

namespace consent_sync::sync {
namespace {

using Clock = std::chrono::steady_clock;
namespace verdict = store::verdict;

const store::Reply* reply_of(const store::Exchange& exchange) {
  return std::get_if<store::Reply>(&exchange.result);
}

int status_of(const store::Exchange& exchange) {
  const store::Reply* reply = reply_of(exchange);
  return reply ? reply->status : 0;
}

// 409 and 423 are about one customer: the store itself is well.
bool is_about_one_row(int status) {
  return status == 409 || status == 423;
}

pace::Sign sign_of(const store::Verdict& verdict, int status) {
  if (const auto* throttled = std::get_if<verdict::Throttled>(&verdict))
    return throttled->spent ? pace::Sign::spent : pace::Sign::overloaded;
  if (std::holds_alternative<verdict::StoreDown>(verdict)) return pace::Sign::down;
  if (std::holds_alternative<verdict::Cancelled>(verdict) ||
      std::holds_alternative<verdict::StopRun>(verdict))
    return pace::Sign::untold;
  if (std::holds_alternative<verdict::Retry>(verdict) && !is_about_one_row(status))
    return pace::Sign::failing;
  return pace::Sign::well;
}

pace::Answer answer_of(const store::Exchange& exchange, const store::Verdict& verdict) {
  pace::Answer answer;
  answer.sign = sign_of(verdict, status_of(exchange));
  if (const store::Reply* reply = reply_of(exchange)) {
    const store::RateHeaders& rate = reply->rate;
    answer.reading = pace::QuotaReading{rate.window_ms, rate.reset_ms, rate.quota, rate.left};
    answer.latency = exchange.latency;
  }
  return answer;
}

std::string trouble_in(const store::Verdict& verdict) {
  if (const auto* retry = std::get_if<verdict::Retry>(&verdict)) return retry->reason;
  if (const auto* down = std::get_if<verdict::StoreDown>(&verdict)) return down->reason;
  const auto* throttled = std::get_if<verdict::Throttled>(&verdict);
  return throttled && !throttled->spent ? "429 without a quota: the platform is overloaded" : "";
}

Stopped::By stopped_by(store::StopCause cause) {
  switch (cause) {
    case store::StopCause::refused:
      return Stopped::By::store_refused;
    case store::StopCause::misconfigured:
      return Stopped::By::misconfigured;
    case store::StopCause::unavailable:
      return Stopped::By::store_unavailable;
  }
  return Stopped::By::misconfigured;
}

}  // namespace

void Engine::Impl::on_exchange(Delivery delivery, pace::TimePoint departed, const store::Exchange& exchange) {
  count(delivery, exchange);
  if (exchange.reopened) delivery.on_resent();
  const store::Verdict verdict = store::judge_put(exchange, delivery.change().wanted);
  // A probe that finds nobody at home says nothing about the row that it carried.
  const bool costs_attempt =
      reply_of(exchange) != nullptr || pacer_.breaker() != pace::Breaker::State::half_open;
  if (const std::string reason = trouble_in(verdict); !reason.empty()) last_failure_ = reason;
  pacer_.on_answer(departed, Clock::now(), answer_of(exchange, verdict), jitter01());
  account_for_windows();
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  Step step = delivery.on_verdict(verdict, status_of(exchange), now, jitter01(), costs_attempt);
  take(std::move(step), std::move(delivery));
  gate_.reconsider();
}

void Engine::Impl::give_up() {
  stop(Stopped{Stopped::By::store_unavailable,
               "the store did not recover within retry.give_up_after; the last try: " + last_failure_});
}

void Engine::Impl::count(const Delivery& delivery, const store::Exchange& exchange) {
  const auto* failure = std::get_if<store::TransportFailure>(&exchange.result);
  if (failure && !failure->may_have_arrived) return;
  ++traffic_.put;
  if (delivery.attempts() > 0) ++traffic_.retried;
  if (exchange.reopened) ++traffic_.reopened;
  if (status_of(exchange) == 429) ++traffic_.throttled;
  if (reply_of(exchange)) traffic_.latency.add(exchange.latency);
}

void Engine::Impl::account_for_windows() {
  for (const pace::WindowUse& window : pacer_.take_ended_windows()) recorder_.record(to_ledger(window));
}

void Engine::Impl::take(Step step, Delivery delivery) {
  const pace::TimePoint now = Clock::now();
  if (auto* done = std::get_if<step::Done>(&step)) {
    ++ended_[done->result.outcome];
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

// The pacer's clock is monotonic; people read another.
ledger::WindowUse to_ledger(const pace::WindowUse& window) {
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  const auto ago = std::chrono::duration_cast<microseconds>(Clock::now() - window.begin);
  ledger::WindowUse use;
  use.begin = std::chrono::floor<microseconds>(std::chrono::system_clock::now()) - ago;
  use.length = std::chrono::duration_cast<milliseconds>(window.length);
  use.quota = static_cast<std::uint64_t>(window.quota);
  use.budget = static_cast<std::uint64_t>(window.budget);
  use.used = static_cast<std::uint64_t>(window.used);
  use.throttled = static_cast<std::uint64_t>(window.throttled);
  use.others = static_cast<std::uint64_t>(window.others);
  use.whole = window.whole;
  return use;
}

ledger::Traffic Engine::Impl::traffic_so_far() const {
  ledger::Traffic traffic = traffic_;
  traffic.quota = static_cast<std::uint64_t>(pacer_.quota().value_or(0));
  traffic.window =
      std::chrono::duration_cast<std::chrono::milliseconds>(pacer_.window().value_or(pace::Duration{0}));
  traffic.sending += std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  return traffic;
}

}  // namespace consent_sync::sync
