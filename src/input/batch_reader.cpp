#include "readers.hpp"

namespace consent_sync::input {

Row& cleared_row(std::vector<Row>& rows, std::size_t index) {
  if (index == rows.size()) return rows.emplace_back();
  rows[index].clear();
  return rows[index];
}

bool BatchReader::read(std::vector<Row>& rows) {
  fill(rows);
  rows_ += rows.size();
  return !rows.empty();
}

void RowReader::fill(std::vector<Row>& rows) {
  std::size_t count = 0;
  for (std::size_t source_bytes = 0; count < batch_rows && source_bytes < batch_source_bytes; ++count) {
    Row& row = cleared_row(rows, count);
    if (!next(row)) break;
    source_bytes += row.source.size();
  }
  rows.resize(count);
}

Fingerprint BatchReader::fingerprint() const {
  return {input_.bytes->stored().sha256(), input_.bytes->stored().bytes(), rows_};
}

const consent::Composition* BatchReader::composition() const {
  const bool is_long = mapping_ && mapping_->decisions.form == DecisionFields::Form::rows;
  return is_long ? &mapping_->composition : nullptr;
}

}  // namespace consent_sync::input
