#pragma once

#include <consent_sync/consent/category.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "csv_fields.hpp"
#include "line_reader.hpp"
#include "mapped_row.hpp"

namespace consent_sync::input {

struct CsvColumn {
  enum class Role : std::uint8_t { ignored, reason, customer_id, allow, deny, category, decided_at };

  Role role = Role::ignored;
  consent::Category category = consent::Category::essential;  ///< of Role::category
  std::string name;                                           ///< as the header writes it
};

/// What each column of a CSV file is for, from its header row. Throws FileError, which names `file_name`.
std::vector<CsvColumn> read_header(const CsvFields& header, const std::string& file_name);

/// The columns of a file that a mapping reads: all of them ignored, but for "reason". Throws FileError.
std::vector<CsvColumn> name_columns(const CsvFields& header, const std::string& file_name);

/// For each slot of a mapping the index of its column; nothing for one that the file lacks and may. Throws
/// FileError for one that it may not lack, and for one that it has twice.
std::vector<std::optional<std::size_t>> find_columns(const std::vector<CsvColumn>& columns,
                                                     const std::vector<MappedRow::Slot>& slots,
                                                     const std::string& file_name);

/// The index of the column that holds each row's store, whatever the case of its name. Throws FileError where
/// there is none, or two.
std::size_t find_store_column(const std::vector<CsvColumn>& columns, const std::string& name,
                              const std::string& file_name);

/// The delimiter of a header row: of , ; tab and | the one that gives the most columns with a meaning, then
/// the most columns.
/// Columns with a meaning are those of the canonical form, and those in `wanted`.
char detect_delimiter(std::string_view header, const std::vector<std::string>& wanted = {});

/// The delimiter of the file that starts here: what a line "sep=;" names, which is then passed over, or else
/// what its header row shows.
char take_delimiter(LineReader& lines, const Mapping* mapping);

}  // namespace consent_sync::input
