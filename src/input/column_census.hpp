#pragma once

#include <consent_sync/input/inspection.hpp>
#include <string>
#include <string_view>

#include "findings.hpp"

namespace consent_sync::input {

/// Watches the values of one column pass.
class ColumnCensus {
 public:
  explicit ColumnCensus(std::string name);

  const std::string& name() const { return facts_.name; }

  /// `value` is valid UTF-8.
  void see(std::string_view value, consent::LineNumber line);

  ColumnFacts facts() const;

 private:
  void see_id(std::string_view value, consent::LineNumber line);
  void see_time(std::string_view value, consent::LineNumber line);

  ColumnFacts facts_;
  Findings words_;
  Findings mangled_;
  Findings times_;
};

/// The formats that read a text as a time, as a mapping names them, with "or" between them; "" if none does.
std::string time_formats_of(std::string_view text);

}  // namespace consent_sync::input
