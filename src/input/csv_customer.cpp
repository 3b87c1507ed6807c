#include "csv_customer.hpp"

#include <algorithm>
#include <vector>

#include "text.hpp"

namespace consent_sync::input {
namespace {

/// The fields from `first` to `last` that name a customer, the nearest to `column` first.
std::vector<std::size_t> customers_between(std::size_t first, std::size_t last, const CsvFields& fields,
                                           std::size_t column, const NamesCustomer& names) {
  std::vector<std::size_t> found;
  for (std::size_t i = first; i <= last && i < fields.size(); ++i) {
    if (names(readable_field(fields, i))) found.push_back(i);
  }
  const auto distance = [column](std::size_t i) { return i < column ? column - i : i - column; };
  std::stable_sort(found.begin(), found.end(),
                   [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
  return found;
}

}  // namespace

std::string_view readable_field(const CsvFields& fields, std::size_t index) {
  const bool is_readable = index < fields.size() && damage_of(fields[index]).empty();
  std::string_view text = is_readable ? trim(fields[index]) : std::string_view();
  if (text.starts_with('"')) text.remove_prefix(1);
  if (text.ends_with('"')) text.remove_suffix(1);
  return text;
}

CustomerPlace find_moved_customer(const CsvFields& fields, std::size_t column, std::size_t columns,
                                  const NamesCustomer& names) {
  // Nothing stands before the first field that could have moved it.
  if (column == 0 && names(readable_field(fields, 0))) return {};
  const std::size_t more = fields.size() - std::min(fields.size(), columns);
  const std::size_t fewer = columns - std::min(fields.size(), columns);
  auto found = customers_between(column - std::min(column, fewer), column + more, fields, column, names);
  if (found.empty()) found = customers_between(0, fields.size(), fields, column, names);
  if (found.empty()) return {column, std::nullopt};
  const auto differs = [&](std::size_t i) {
    return readable_field(fields, i) != readable_field(fields, found.front());
  };
  const auto rival = std::find_if(found.begin(), found.end(), differs);
  return {found.front(), rival == found.end() ? std::nullopt : std::optional(*rival)};
}

}  // namespace consent_sync::input
