#pragma once

#include <simdjson.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "column_census.hpp"

namespace consent_sync::input {

/// The name of a column, or hidden_name.
std::string name_to_keep(std::string_view name);

/// Watches rows pass, and what is within their fields: pairs, and JSON.
class RowCensus {
 public:
  /// There is a column of that name, even if it has no values.
  void expect(const std::string& column) { find(column); }

  /// A value of a column.
  void see(const std::string& column, std::string_view value, consent::LineNumber line);

  /// A value of JSON at `pointer`, and those within it.
  void see_json(const std::string& pointer, simdjson::dom::element value, consent::LineNumber line,
                int depth = 0);

  /// In the order in which they were first seen.
  std::vector<ColumnFacts> columns() const;
  bool has_more_columns() const { return has_more_columns_; }

 private:
  ColumnCensus* find(const std::string& column);
  void note(const std::string& column, std::string_view value, consent::LineNumber line);
  void see_pairs(const std::string& column, std::string_view value, consent::LineNumber line);

  std::vector<ColumnCensus> columns_;
  std::map<std::string, std::size_t, std::less<>> index_;
  bool has_more_columns_ = false;
  simdjson::dom::parser inner_;
};

}  // namespace consent_sync::input
