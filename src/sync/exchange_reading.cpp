#include "exchange_reading.hpp"

namespace consent_sync::sync {
namespace {

namespace verdict = store::verdict;
using ledger::Fault;

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

Fault fault_of(const store::TransportFailure& failure) {
  if (failure.timed_out) return Fault::timed_out;
  const bool was_connected = failure.phase == store::Phase::write || failure.phase == store::Phase::read;
  return was_connected ? Fault::cut_off : Fault::not_connected;
}

/// Of a reply after which the request is tried again.
Fault fault_of(int status) {
  if (status >= 500) return Fault::server_error;
  if (is_about_one_row(status)) return Fault::locked;
  return status >= 400 ? Fault::timed_out : Fault::unreadable;
}

}  // namespace

const store::Reply* reply_of(const store::Exchange& exchange) {
  return std::get_if<store::Reply>(&exchange.result);
}

int status_of(const store::Exchange& exchange) {
  const store::Reply* reply = reply_of(exchange);
  return reply ? reply->status : 0;
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

pace::Answer answer_about_store(const store::Exchange& exchange, const store::Verdict& verdict) {
  pace::Answer answer = answer_of(exchange, verdict);
  const int status = status_of(exchange);
  const bool is_reply = status != 0 && status < 500 && status != 408 && status != 499 && status != 429;
  if (is_reply) answer.sign = pace::Sign::well;
  if (answer.sign == pace::Sign::failing || status >= 500) answer.sign = pace::Sign::down;
  return answer;
}

std::string trouble_in(const store::Verdict& verdict) {
  if (const auto* retry = std::get_if<verdict::Retry>(&verdict)) return retry->reason;
  if (const auto* down = std::get_if<verdict::StoreDown>(&verdict)) return down->reason;
  const auto* throttled = std::get_if<verdict::Throttled>(&verdict);
  return throttled && !throttled->spent ? "429 without a quota: the platform is overloaded" : "";
}

std::optional<ledger::Fault> fault_in(const store::Exchange& exchange, const store::Verdict& verdict) {
  if (const auto* throttled = std::get_if<verdict::Throttled>(&verdict))
    return throttled->spent ? Fault::quota_spent : Fault::overloaded;
  if (std::holds_alternative<verdict::StoreDown>(verdict)) return Fault::unavailable;
  if (std::holds_alternative<verdict::Differs>(verdict)) return Fault::differs;
  if (!std::holds_alternative<verdict::Retry>(verdict)) return std::nullopt;
  const auto* failure = std::get_if<store::TransportFailure>(&exchange.result);
  return failure != nullptr ? fault_of(*failure) : fault_of(status_of(exchange));
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

Stopped not_ours() {
  return {Stopped::By::not_ours,
          "the right to work on this store was lost, or could not be renewed in time: nothing more was sent"};
}

Stopped gave_up(const std::string& last_failure) {
  return {Stopped::By::store_unavailable,
          "the store did not recover within retry.give_up_after; the last try: " + last_failure};
}

void count(ledger::Traffic& traffic, const store::Exchange& exchange, bool is_put, bool is_retry) {
  const auto* failure = std::get_if<store::TransportFailure>(&exchange.result);
  if (failure && !failure->may_have_arrived) return;
  ++(is_put ? traffic.put : traffic.get);
  if (is_retry) ++traffic.retried;
  if (exchange.reopened) ++traffic.reopened;
  if (status_of(exchange) == 429) ++traffic.throttled;
  if (reply_of(exchange)) traffic.latency.add(exchange.latency);
}

}  // namespace consent_sync::sync
