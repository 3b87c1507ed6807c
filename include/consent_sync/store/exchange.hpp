#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace consent_sync::store {

/// The four X-Rate-Limit-* headers of a reply, as numbers where they were numbers. Nothing is trusted yet.
struct RateHeaders {
  std::optional<std::int64_t> window_ms;
  std::optional<std::int64_t> reset_ms;
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> left;
};

/// Unless its status is 200, without the token, even if the store repeated it.
struct Reply {
  int status = 0;
  RateHeaders rate;
  std::string location;  ///< of a redirect
  std::string body;      ///< bounded; see body_truncated
  bool body_truncated = false;
  bool body_too_long = false;  ///< truncated for want of room; else it was cut off on its way
};

/// The step of an exchange that failed. Messages have words of their own for each.
enum class Phase : std::uint8_t { resolve, connect, proxy, handshake, write, read };

/// No usable reply came.
struct TransportFailure {
  Phase phase = Phase::connect;
  bool timed_out = false;
  bool cancelled = false;  ///< we gave up ourselves: the run was told to stop at once
  bool misconfigured =
      false;  ///< the certificate is not accepted or the proxy refuses us: trying again is no use
  bool may_have_arrived = false;  ///< the request, or a part of it, was written
  std::string message;            ///< for people: "TLS handshake with api.bigcommerce.com:443: ..."
};

/// What came of one request.
struct Exchange {
  Exchange(Reply reply) : result(std::move(reply)) {}
  Exchange(TransportFailure failure) : result(std::move(failure)) {}

  std::variant<Reply, TransportFailure> result;
  std::chrono::microseconds latency{0};  ///< request written to reply read; 0 without a reply
  bool reopened =
      false;  ///< a stale connection was replaced and the request sent again, once, on a fresh one
};

}  // namespace consent_sync::store
