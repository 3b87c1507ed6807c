#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <consent_sync/input/reader.hpp>

namespace consent_sync::input {

// One input for several stores: each row names its own, in a column (CSV), or in a member or at a JSON
// Pointer (NDJSON).

/// The rows of one store, with the lines that they have in the whole. What the fingerprint says of bytes is
/// of the whole, and its rows are the store's. Throws FileError for a column that is not there, or twice.
std::unique_ptr<Reader> rows_of_store(std::unique_ptr<Reader> all, const std::string& column,
                                      const std::string& store, const std::string& file_name);

/// Whose the rows of an input are.
struct StoreCensus {
  /// By what the column holds; "" for rows that name none, or where that could not be read. The known stores
  /// all are there; of many others only some: the rows of the rest are in `unlisted`.
  std::map<std::string, std::uint64_t> rows;
  std::uint64_t unlisted = 0;
};

/// Reads an input to its end. Throws FileError.
StoreCensus count_stores(Reader& all, const std::string& column, const std::vector<std::string>& known,
                         const std::string& file_name);

}  // namespace consent_sync::input
