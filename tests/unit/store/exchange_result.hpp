#pragma once

#include <doctest/doctest.h>

#include <variant>

#include <consent_sync/store/client.hpp>

namespace consent_sync::store::test {

inline const Reply& reply_of(const Exchange& exchange) {
  if (const auto* failure = std::get_if<TransportFailure>(&exchange.result)) FAIL(failure->message);
  return std::get<Reply>(exchange.result);
}

inline const TransportFailure& failure_of(const Exchange& exchange) {
  REQUIRE(std::holds_alternative<TransportFailure>(exchange.result));
  return std::get<TransportFailure>(exchange.result);
}

}  // namespace consent_sync::store::test
