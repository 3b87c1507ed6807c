#include "readers.hpp"

namespace consent_sync::input {

bool BatchReader::read(std::vector<Row>& rows) {
  rows.clear();
  std::size_t source_bytes = 0;
  while (rows.size() < batch_rows && source_bytes < batch_source_bytes) {
    Row& row = rows.emplace_back();
    if (!next(row)) {
      rows.pop_back();
      break;
    }
    source_bytes += row.source.size();
  }
  rows_ += rows.size();
  return !rows.empty();
}

Fingerprint BatchReader::fingerprint() const {
  return {input_.bytes->stored().sha256(), input_.bytes->stored().bytes(), rows_};
}

}  // namespace consent_sync::input
