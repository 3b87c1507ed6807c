#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <consent_sync/input/reader.hpp>

namespace consent_sync::input {

// One input for several stores, opened with ReaderOptions::store_column: each row names its own.

/// The rows of one store, with the lines that they have in the whole. Invalid rows that name no store, or
/// whose store is not certain, are among those of every store: what they say may be a denial of one of its
/// customers. What the fingerprint says of bytes is of the whole, and its rows are the store's.
std::unique_ptr<Reader> rows_of_store(std::unique_ptr<Reader> all, std::string store);

/// Whose the rows of an input are.
struct StoreCensus {
  /// By what the column holds; "" for rows that name none. The known stores all are there; of many others
  /// only some: the rows of the rest are in `unlisted`.
  std::map<std::string, std::uint64_t> rows;
  std::uint64_t unlisted = 0;
  std::uint64_t of_any = 0;  ///< those that every store has; they are in `rows` of none
};

/// Reads an input to its end. Throws FileError.
StoreCensus count_stores(Reader& all, const std::vector<std::string>& known);

}  // namespace consent_sync::input
