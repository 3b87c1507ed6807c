#include "history_options.hpp"

#include <charconv>

#include <CLI/CLI.hpp>

namespace consent_sync::app {

CLI::Option* add_format(CLI::App& command, std::string& word) {
  return command.add_option("--format", word, "text, csv or ndjson (default: text)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "csv", "ndjson"}));
}

HistoryRequest::Format format_of(const std::string& word) {
  using Format = HistoryRequest::Format;
  return word == "csv" ? Format::csv : word == "ndjson" ? Format::ndjson : Format::text;
}

void add_history_options(CLI::App& command, HistoryWords& words) {
  CLI::Option* verify =
      command.add_flag("--verify", words.verifies, "check the chain of hashes of the whole history");
  command
      .add_option("CUSTOMER", words.customer,
                  "the store's id of the customer; none: all of the store's history")
      ->excludes(verify);
  add_format(command, words.format)->excludes(verify);
  command.add_option("-o,--output", words.output, "file to make (mode 0600), in place of standard output")
      ->type_name("FILE")
      ->excludes(verify);
  command
      .add_option("--head", words.head, "with --verify: a head noted earlier that the history passes through")
      ->type_name("HEAD")
      ->needs(verify);
}

HistoryRequest read_history_request(const HistoryWords& words) {
  HistoryRequest request;
  if (!words.customer.empty()) {
    std::int64_t id = 0;
    const char* end = words.customer.data() + words.customer.size();
    const auto read = std::from_chars(words.customer.data(), end, id);
    if (read.ec == std::errc() && read.ptr == end) request.customer = consent::CustomerId::from(id);
    if (!request.customer)
      throw Failure(ExitCode::usage, "CUSTOMER: expected the store's id, a whole number from 1");
  }
  request.format = format_of(words.format);
  request.output = words.output;
  request.verifies = words.verifies;
  request.head = words.head;
  return request;
}

}  // namespace consent_sync::app
