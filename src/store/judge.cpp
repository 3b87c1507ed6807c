#include <consent_sync/store/judge.hpp>

#include <utility>

#include <fmt/format.h>

#include <consent_sync/store/codec.hpp>

#include "printable.hpp"

namespace consent_sync::store {
namespace {

using consent::Choice;
using consent::Outcome;

// The store answered 422: "title; field: why"
std::string store_said(const Reply& reply) {
  const std::string words = describe_error_body(reply.body);
  return words.empty() ? fmt::format("The store answered {}", reply.status)
                       : fmt::format("The store answered {}: {}", reply.status, in_quotes(words));
}

// The store's words first, then what to do.
verdict::StopRun stop(StopCause cause, const Reply& reply, std::string_view advice) {
  return verdict::StopRun{cause, fmt::format("{}. {}", store_said(reply), advice)};
}

Verdict judge_success(const Reply& reply, Choice asked) {
  if (reply.body_truncated) {
    return verdict::Retry{true, "The store answered 200 with a body that is too long or was cut off"};
  }
  // Word for word what was sent, as most replies are, it need not be parsed.
  if (reply.body == encode_choice(asked)) return verdict::Applied{asked};
  const std::optional<Choice> held = decode_choice(reply.body);
  if (!held) return verdict::Retry{true, "The store answered 200 with a body that is no consent"};
  if (asked.is_satisfied_by(*held)) return verdict::Applied{*held};
  return verdict::Differs{*held};
}

Verdict judge_redirect(const Reply& reply) {
  return verdict::StopRun{StopCause::misconfigured,
                          fmt::format("The store answered {} and points to {}. Correct store.api_url; "
                                      "the token is not sent on to another address.",
                                      reply.status, in_quotes(printable(reply.location)))};
}

Verdict judge_throttled(const Reply& reply) {
  return verdict::Throttled{reply.rate.reset_ms.has_value() || reply.rate.left.has_value()};
}

Verdict judge_client_error(const Reply& reply) {
  switch (reply.status) {
    case 401:
      return stop(
          StopCause::refused, reply,
          "Check the access token and store.hash: the token is missing, wrong, revoked or another store's.");
    case 403:
      return stop(StopCause::refused, reply,
                  "Check the token's scope (store_v2_customers, modify) and the store hash.");
    case 404:
      return verdict::EndRow{Outcome::not_found, "The store has no such customer"};
    case 409:
    case 423:
      return verdict::Retry{false, store_said(reply)};
    case 422:
      return verdict::EndRow{Outcome::rejected, store_said(reply)};
    case 429:
      return judge_throttled(reply);
    case 408:
    case 499:
      return verdict::Retry{true, store_said(reply)};
    default:
      return stop(StopCause::misconfigured, reply,
                  "It does not accept requests of this form: check store.api_url and store.hash, then report "
                  "a defect.");
  }
}

Verdict judge_server_error(const Reply& reply) {
  switch (reply.status) {
    case 501:
      return stop(StopCause::unavailable, reply, "It does not offer customer consent at this address.");
    case 503:
      return verdict::StoreDown{store_said(reply)};
    case 507:
      return stop(StopCause::unavailable, reply, "A limit of the store's plan is reached.");
    default:
      return verdict::Retry{true, store_said(reply)};
  }
}

Verdict judge_held(const Reply& reply) {
  if (reply.body_truncated) {
    return verdict::Retry{false, "The store answered 200 with a body that is too long or was cut off"};
  }
  const std::optional<Choice> held = decode_choice(reply.body);
  if (!held) return verdict::Retry{false, "The store answered 200 with a body that is no consent"};
  return verdict::Holds{*held};
}

Verdict judge_list(const Reply& reply) {
  if (reply.body_too_long) return verdict::TooMany{"The store's list of customers is too long"};
  if (reply.body_truncated) return verdict::Retry{false, "The store's list of customers was cut off"};
  std::optional<CustomerPage> page = decode_customers(reply.body);
  if (!page) return verdict::Retry{false, "The store answered 200 with a body that is no list of customers"};
  return verdict::Listed{std::move(*page)};
}

Verdict judge_refusal(const Reply& reply) {
  if (reply.status >= 300 && reply.status < 400) return judge_redirect(reply);
  if (reply.status >= 400 && reply.status < 500) return judge_client_error(reply);
  return judge_server_error(reply);
}

Verdict judge_failure(const TransportFailure& failure) {
  if (failure.cancelled) return verdict::Cancelled{failure.may_have_arrived};
  if (failure.misconfigured) return verdict::StopRun{StopCause::misconfigured, failure.message};
  return verdict::Retry{failure.may_have_arrived, failure.message};
}

// A question changes nothing, whatever became of it.
Verdict without_effect(Verdict verdict) {
  if (auto* retry = std::get_if<verdict::Retry>(&verdict)) retry->may_have_applied = false;
  if (auto* cancelled = std::get_if<verdict::Cancelled>(&verdict)) cancelled->may_have_applied = false;
  return verdict;
}

}  // namespace

Verdict judge_put(const Exchange& exchange, Choice asked) {
  if (const auto* failure = std::get_if<TransportFailure>(&exchange.result)) return judge_failure(*failure);
  const Reply& reply = std::get<Reply>(exchange.result);
  return reply.status == 200 ? judge_success(reply, asked) : judge_refusal(reply);
}

Verdict judge_get(const Exchange& exchange) {
  if (const auto* failure = std::get_if<TransportFailure>(&exchange.result)) {
    return without_effect(judge_failure(*failure));
  }
  const Reply& reply = std::get<Reply>(exchange.result);
  return reply.status == 200 ? judge_held(reply) : without_effect(judge_refusal(reply));
}

Verdict judge_customers(const Exchange& exchange) {
  if (const auto* failure = std::get_if<TransportFailure>(&exchange.result)) {
    return without_effect(judge_failure(*failure));
  }
  const Reply& reply = std::get<Reply>(exchange.result);
  if (reply.status == 200) return judge_list(reply);
  if (reply.status == 413 || reply.status == 414 || reply.status == 431)
    return verdict::TooMany{store_said(reply)};
  Verdict verdict = without_effect(judge_refusal(reply));
  if (!std::holds_alternative<verdict::EndRow>(verdict)) return verdict;
  return stop(StopCause::misconfigured, reply,
              "It does not list customers: check store.api_url and store.hash.");
}

}  // namespace consent_sync::store
