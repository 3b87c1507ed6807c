#pragma once

#include <string>

#include "../commands/commands.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace consent_sync::app {

/// What the parser filled in for `history`, and for `forget` its customer.
struct HistoryWords {
  std::string customer;
  std::string format = "text";
  std::string output;
  std::string head;
  bool verifies = false;
};

/// `--format`: text, csv or ndjson.
CLI::Option* add_format(CLI::App& command, std::string& word);
HistoryRequest::Format format_of(const std::string& word);

void add_history_options(CLI::App& command, HistoryWords& words);

/// Throws Failure (usage) for a customer that is no id.
HistoryRequest read_history_request(const HistoryWords& words);

}  // namespace consent_sync::app
