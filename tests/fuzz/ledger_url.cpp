// Values of settings: the first byte chooses the setting (that of the ledger every second time), the rest is
// the value. And the texts that the ledger and the history keep.
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

#include <consent_sync/ledger/ledger.hpp>

#include "exit_code.hpp"
#include "settings/values.hpp"
#include "settings_again.hpp"

namespace {

using namespace consent_sync;
using fuzz::require;

/// What is said of a location that cannot be; "" of one that can.
std::string refusal_of(const std::string& location) {
  try {
    const std::string name = ledger::describe_location(location);
    require(!name.empty());
    return {};
  } catch (const ledger::LedgerError& error) {
    return error.what();
  }
}

void try_setting(const app::Setting& setting, const std::string& value) {
  app::Config config;
  try {
    app::apply_setting(config, setting, value, "--flag");
  } catch (const app::Failure& failure) {
    require(failure.code() == app::ExitCode::usage);
    require(std::string(failure.what()).starts_with("--flag"));
    return;
  }
  fuzz::require_means_the_same_again(config);
  if (setting.key == "ledger") require(refusal_of(config.ledger).empty());
}

/// It may hold a password: whatever it is, no more is said of it than of any other.
void try_location(const std::string& location) {
  const std::string refusal = refusal_of(location);
  require(refusal.empty() || refusal == refusal_of("x") || refusal == refusal_of("postgresql://%"));
}

void try_values(const std::string& value) {
  try {
    const auto duration = app::parse_duration(value);
    require(duration > std::chrono::milliseconds::zero());
    require(app::parse_duration(app::show_duration(duration)) == duration);
  } catch (const std::invalid_argument&) {
  }
  try {
    const double ratio = app::parse_ratio(value);
    require(ratio >= 0 && ratio <= 1);
  } catch (const std::invalid_argument&) {
  }
  if (const auto head = ledger::parse_evidence_head(value)) {
    require(ledger::parse_evidence_head(ledger::to_string(*head)) == head);
  }
  const ledger::LatencyHistogram latencies = ledger::LatencyHistogram::parse(value);
  require(latencies.quantile(1) <= latencies.max());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t sign = text.find('=');
  for (const app::Setting& setting : app::settings()) {
    if (setting.key == "ledger") try_setting(setting, text);
    if (sign != std::string::npos && setting.key == text.substr(0, sign))
      try_setting(setting, text.substr(sign + 1));
  }
  try_location(text);
  try_values(text);
  return 0;
}
