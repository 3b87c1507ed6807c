#include "known_address.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "../exit_code.hpp"

namespace consent_sync::app {
namespace {

bool has_been_there(ledger::Ledger& ledger, const ledger::Run& run) {
  const ledger::OutcomeCounts counts = ledger.counts(run.id);
  return run.traffic.put + run.traffic.get != 0 || run.evidence ||
         counts[consent::Outcome::applied] + counts[consent::Outcome::unchanged] != 0;
}

// No request ever left for the address of any run: it may have been a typing error.
bool is_bound(ledger::Ledger& ledger, std::optional<ledger::Run> run) {
  while (run && !has_been_there(ledger, *run)) run = ledger.run_before(run->id);
  return run.has_value();
}

}  // namespace

void require_same_address(ledger::Ledger& ledger, const Config& config) {
  const std::optional<ledger::Run> last = ledger.last_run(config.store.hash, ledger::Mode::sync);
  if (!last || last->api_url == config.store.api_url) return;
  if (!is_bound(ledger, last)) return;
  throw Failure(ExitCode::usage,
                fmt::format("the ledger {} knows store {} at {}, not at {}: use another ledger (--ledger)",
                            ledger::describe_location(config.ledger), config.store.hash, last->api_url,
                            config.store.api_url));
}

}  // namespace consent_sync::app
