#pragma once

#include <consent_sync/consent/category.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "csv_fields.hpp"

namespace consent_sync::input {

struct CsvColumn {
  enum class Role : std::uint8_t { ignored, reason, customer_id, allow, deny, category, decided_at };

  Role role = Role::ignored;
  consent::Category category = consent::Category::essential;  ///< of Role::category
  std::string name;                                           ///< as the header writes it
};

/// What each column of a CSV file is for, from its header row. Throws FileError, which names `file_name`.
std::vector<CsvColumn> read_header(const CsvFields& header, const std::string& file_name);

/// The delimiter of a header row: of , ; tab and | the one that gives the most columns with a meaning, then
/// the most columns.
char detect_delimiter(std::string_view header);

}  // namespace consent_sync::input
