#pragma once

#include <string>
#include <string_view>

#include <consent_sync/ledger/ledger.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::report {

/// The problem rows of a run, written so that they are an input like the one they come from: of a CSV
/// rejected.csv, of NDJSON rejected.ndjson.
class RejectedRows {
 public:
  explicit RejectedRows(const ledger::Run& run);

  std::string_view file_name() const;
  /// With its line end; "" where the file has none.
  std::string header() const;
  std::string line(const ledger::RowResult& row) const;

  /// What has to stand beside the command's other settings for it to read this file rightly, as flags;
  /// usually nothing.
  std::string_view flags() const { return flags_; }

 private:
  bool is_ndjson() const { return input_.format == "ndjson"; }
  std::string joined(const std::vector<std::string>& cells) const;

  const ledger::InputFacts& input_;
  char delimiter_ = ',';
  std::string_view flags_;
};

}  // namespace consent_sync::report
