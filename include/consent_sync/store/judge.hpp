#pragma once

#include <optional>
#include <string>
#include <variant>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/outcome.hpp>
#include <consent_sync/store/codec.hpp>
#include <consent_sync/store/exchange.hpp>

namespace consent_sync::store {

/// Why the whole run has to stop.
enum class StopCause : std::uint8_t {
  refused,        ///< 401, 403: token or scope (exit 4)
  misconfigured,  ///< redirect, certificate refused, a request the store calls malformed (exit 2)
  unavailable,    ///< 501, 507 (exit 5)
};

namespace verdict {
/// 200, and the store holds what was asked.
struct Applied {
  consent::Choice held;
};
/// 200, and the store holds something else.
struct Differs {
  consent::Choice held;
};
/// 200 to a GET of a consent: what the store holds.
struct Holds {
  consent::Choice held;
};
/// 200 to a GET of customers.
struct Listed {
  CustomerPage page;
};
/// The list was too long for the store, or its answer for us: ask for fewer.
struct TooMany {
  std::string reason;
};
/// The row ends here: not_found or rejected.
struct EndRow {
  consent::Outcome outcome;
  std::string reason;
};
/// Try again, later; costs an attempt.
struct Retry {
  bool may_have_applied;
  std::string reason;
};
/// 429: wait, then the same again; costs no attempt. `spent`: the reply carried the rate headers (the quota
/// is used up until they say), else the platform itself is under load.
struct Throttled {
  bool spent;
};
/// 503: the whole store pauses.
struct StoreDown {
  std::string reason;
};
/// Nothing more may be sent.
struct StopRun {
  StopCause cause;
  std::string reason;
};
/// We ended it ourselves.
struct Cancelled {
  bool may_have_applied;
};
}  // namespace verdict

using Verdict = std::variant<verdict::Applied, verdict::Differs, verdict::Holds, verdict::Listed,
                             verdict::TooMany, verdict::EndRow, verdict::Retry, verdict::Throttled,
                             verdict::StoreDown, verdict::StopRun, verdict::Cancelled>;

/// What the answer to a PUT of `asked` means, after the status table of the API. Pure. A status that the
/// table does not know: 2xx, 5xx and 408 (a server too slow or tired of waiting) retry (may have applied),
/// other 4xx and 3xx stop the run. Reasons carry the store's own title and errors, shortened to 300 bytes,
/// control characters replaced, e-mail addresses masked.
Verdict judge_put(const Exchange& exchange, consent::Choice asked);

/// The same for a GET of one customer's consent: nothing can have been applied.
Verdict judge_get(const Exchange& exchange);

/// The same for a GET of customers. No row ends by it: 404 and 422 stop the run.
Verdict judge_customers(const Exchange& exchange);

}  // namespace consent_sync::store
