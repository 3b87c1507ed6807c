#include <cerrno>
#include <fstream>
#include <iostream>
#include <limits>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <consent_sync/ledger/pseudonyms.hpp>
#include <consent_sync/report/history.hpp>

#include "commands.hpp"
#include "existing_ledger.hpp"
#include "history_text.hpp"

namespace consent_sync::app {
namespace {

ExitCode verify(ledger::Ledger& ledger, const std::string& store, const HistoryRequest& request) {
  ledger::EvidenceVerifier verifier(store);
  if (!request.head.empty()) {
    const auto head = ledger::parse_evidence_head(request.head);
    if (!head) throw Failure(ExitCode::usage, "--head: expected ENTRIES:HASH, as history --verify prints it");
    verifier.expect(*head, "whoever noted --head");
  }
  for (const ledger::Run& run : ledger.runs(std::numeric_limits<std::int64_t>::max())) {
    if (run.store == store && run.evidence) verifier.expect(*run.evidence, "run " + run.id);
  }
  const auto history = ledger.read_evidence(store, {});
  while (const ledger::EvidenceEntry* entry = history->next()) verifier.check(*entry);
  const auto verdict = verifier.finish();
  fmt::print("{}", verdict_text(store, verdict));
  return verdict.broken == 0 ? ExitCode::ok : ExitCode::problems;
}

// Who was asked for a name in a log can be told whose it is.
void write_name_in_logs(const Config& config, const std::string& store, consent::CustomerId customer,
                        std::ostream& out) {
  if (config.log.customers != LogCustomers::hash) return;
  out << fmt::format("In logs: {}\n", ledger::Pseudonyms(config.ledger, store).of(customer));
}

void write_text(ledger::Ledger& ledger, const Config& config, const std::string& store,
                const HistoryRequest& request, std::ostream& out) {
  if (request.customer) {
    write_name_in_logs(config, store, *request.customer, out);
    const std::string text = customer_history(ledger, store, *request.customer);
    out << (text.empty() ? fmt::format("The ledger has nothing about customer {} of store {}\n",
                                       request.customer->value(), store)
                         : text);
    return;
  }
  const auto history = ledger.read_evidence(store, {});
  const ledger::EvidenceEntry* entry = history->next();
  if (entry == nullptr) out << fmt::format("Store {} has no history: no change was confirmed yet\n", store);
  for (; entry != nullptr && out; entry = history->next()) out << entry_line(*entry);
}

void write(ledger::Ledger& ledger, const Config& config, const std::string& store,
           const HistoryRequest& request, std::ostream& out) {
  using Format = HistoryRequest::Format;
  if (request.format == Format::text) return write_text(ledger, config, store, request, out);
  const auto history = ledger.read_evidence(store, {request.customer, ""});
  report::write_history(
      *history, store,
      request.format == Format::csv ? report::HistoryFormat::csv : report::HistoryFormat::ndjson, out);
}

// It tells of people: nobody else's to read, and no file of somebody's is written over.
std::ofstream make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) {
    throw Failure(ExitCode::usage, fmt::format("--output: {} cannot be made: {}", path,
                                               std::error_code(errno, std::generic_category()).message()));
  }
  ::close(file);
  return std::ofstream(path, std::ios::binary);
}

}  // namespace

ExitCode history_command(const Config& config, const HistoryRequest& request) {
  const std::unique_ptr<ledger::Ledger> ledger = open_existing_ledger(config);
  const std::string store = store_in_question(*ledger, config);
  if (request.verifies) return verify(*ledger, store, request);
  if (request.output.empty()) {
    write(*ledger, config, store, request, std::cout);
    if (!std::cout.flush()) throw Failure(ExitCode::not_recorded, output_not_written);
    return ExitCode::ok;
  }
  std::ofstream file = make_file(request.output);
  write(*ledger, config, store, request, file);
  file.close();
  if (!file)
    throw Failure(ExitCode::not_recorded, fmt::format("--output: {} could not be written", request.output));
  return ExitCode::ok;
}

}  // namespace consent_sync::app
