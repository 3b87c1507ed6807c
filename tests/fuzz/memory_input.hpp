#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "promise.hpp"
#include "readers.hpp"
#include "text.hpp"
#include "text_encoding.hpp"

namespace consent_sync::input::fuzz {

/// What a fuzzer made up, in place of a file.
class MemoryBytes final : public StoredSource {
 public:
  explicit MemoryBytes(std::string_view content)
      : StoredSource(std::make_unique<StoredBytes>("/dev/null")), rest_(content) {}

  std::size_t read(char* into, std::size_t size) override {
    const std::size_t taken = std::min(size, rest_.size());
    std::memcpy(into, rest_.data(), taken);
    rest_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view rest_;
};

inline OpenInput open_memory(std::string_view content, std::size_t chunk) {
  OpenInput input;
  input.bytes = in_utf8(std::make_unique<MemoryBytes>(content), Encoding::automatic);
  input.lines = std::make_unique<LineReader>(*input.bytes, chunk);
  return input;
}

using consent_sync::fuzz::require;

/// Reads to the end; what a FileError ends stays as far as it came.
template <class Open>
std::vector<Row> read_rows(Open open) {
  std::vector<Row> rows;
  std::vector<Row> batch;
  try {
    const std::unique_ptr<Reader> reader = open();
    while (reader->read(batch)) rows.insert(rows.end(), batch.begin(), batch.end());
  } catch (const FileError&) {
    batch.clear();
  }
  return rows;
}

inline void require_sound(const std::vector<Row>& rows, const ReaderOptions& options) {
  consent::LineNumber line = 0;
  for (const Row& row : rows) {
    require(row.record.has_value() + row.by_email.has_value() + !row.problem.empty() == 1);
    require(row.line >= line && row.line >= 1);
    line = row.line;
    require(damage_of(row.source).empty());
    require(row.source.size() <= max_source_bytes);
    require(options.store_column.empty() ? !row.store : row.store || !row.problem.empty());
  }
}

/// Wherever reading stops in between, the rows are the same.
inline void require_same(const std::vector<Row>& a, const std::vector<Row>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    require(a[i].line == b[i].line && a[i].record == b[i].record && a[i].problem == b[i].problem &&
            a[i].source == b[i].source && a[i].store == b[i].store);
  }
}

}  // namespace consent_sync::input::fuzz
