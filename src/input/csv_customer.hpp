#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

#include "csv_fields.hpp"

namespace consent_sync::input {

/// Where a row names its customer.
struct CustomerPlace {
  std::size_t field = 0;
  std::optional<std::size_t> rival;  ///< another field that may be it as well, and says something else
};

/// A field that could name a customer.
using NamesCustomer = std::function<bool(std::string_view)>;

/// Of a field that is not there or no text: "". Where a quotation mark is amiss, those around a field are
/// left out here.
std::string_view readable_field(const CsvFields& fields, std::size_t index);

/// Where a row stands that has not the fields of the header row's `columns`: a delimiter too many or too few
/// may have moved its customer out of `column`. Of the fields that it can have moved to, the nearest that
/// names one; if none does, any of the row; else the column's own.
CustomerPlace find_moved_customer(const CsvFields& fields, std::size_t column, std::size_t columns,
                                  const NamesCustomer& names);

}  // namespace consent_sync::input
