#include "readers.hpp"

namespace consent_sync::input {

bool BatchReader::read(std::vector<Row>& rows) {
  rows.clear();
  fill(rows);
  rows_ += rows.size();
  return !rows.empty();
}

void RowReader::fill(std::vector<Row>& rows) {
  std::size_t source_bytes = 0;
  while (rows.size() < batch_rows && source_bytes < batch_source_bytes) {
    Row& row = rows.emplace_back();
    if (!next(row)) {
      rows.pop_back();
      break;
    }
    source_bytes += row.source.size();
  }
}

Fingerprint BatchReader::fingerprint() const {
  return {input_.bytes->stored().sha256(), input_.bytes->stored().bytes(), rows_};
}

const consent::Composition* BatchReader::composition() const {
  const bool is_long = mapping_ && mapping_->decisions.form == DecisionFields::Form::rows;
  return is_long ? &mapping_->composition : nullptr;
}

}  // namespace consent_sync::input
