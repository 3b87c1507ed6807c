#include <fmt/format.h>

#include <utility>

#include "format.hpp"
#include "json_row.hpp"
#include "json_value.hpp"
#include "mapped_row.hpp"
#include "readers.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

/// How a document becomes a record.
class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  virtual void read(simdjson::padded_string_view document) = 0;
  virtual void refuse(std::string problem) = 0;
  virtual void finish(Row& row) = 0;
};

/// The canonical keys.
class CanonicalDocuments final : public DocumentReader {
 public:
  void read(simdjson::padded_string_view document) override { json_.read(document, builder_); }
  void refuse(std::string problem) override { builder_.refuse(std::move(problem)); }
  void finish(Row& row) override { builder_.finish(row); }

 private:
  JsonRow json_;
  RecordBuilder builder_;
};

/// Values that a mapping points to.
class MappedDocuments final : public DocumentReader {
 public:
  explicit MappedDocuments(const Mapping& mapping) : row_(mapping) {
    for (const MappedRow::Slot& slot : row_.slots()) pointers_.push_back(to_pointer(slot.field.name));
  }

  void read(simdjson::padded_string_view document) override {
    simdjson::dom::element root;
    if (const auto error = parser_.parse(document.data(), document.size(), false).get(root)) {
      return refuse(fmt::format("the line is not one JSON object: {}", simdjson::error_message(error)));
    }
    if (!root.is_object()) return refuse("the line is not one JSON object");
    if (has_duplicate_keys(root)) return refuse("an object in it has a key twice");
    for (std::size_t i = 0; i < pointers_.size(); ++i) {
      if (const auto value = value_at(root, pointers_[i])) row_.give(row_.slots()[i], *value);
    }
  }
  void refuse(std::string problem) override { row_.refuse(std::move(problem)); }
  void finish(Row& row) override { row_.finish(row); }

 private:
  simdjson::dom::parser parser_;
  MappedRow row_;
  std::vector<std::string> pointers_;  ///< by slot
};

std::unique_ptr<DocumentReader> document_reader(const Mapping* mapping) {
  if (mapping == nullptr) return std::make_unique<CanonicalDocuments>();
  return std::make_unique<MappedDocuments>(*mapping);
}

class NdjsonReader final : public BatchReader {
 public:
  NdjsonReader(OpenInput input, std::shared_ptr<const Mapping> mapping)
      : BatchReader(std::move(input), std::move(mapping)), document_(document_reader(this->mapping())) {}

  Format format() const override { return Format::ndjson; }
  const std::vector<std::string>& columns() const override { return names_; }

 private:
  bool next(Row& row) override;

  std::vector<std::string> names_{"customer_id", "allow", "deny", "decided_at"};
  std::unique_ptr<DocumentReader> document_;
};

bool NdjsonReader::next(Row& row) {
  Line line;
  do {
    if (!lines().next(line)) return false;
  } while (trim(line.text).empty());
  row.line = line.number;
  const std::string_view damage = damage_of(line.text);
  if (line.too_long) {
    document_->refuse(fmt::format("the line is longer than {} bytes", max_row_bytes));
  } else if (!damage.empty()) {
    document_->refuse(fmt::format("the line is no text: {}", damage));
  } else {
    const std::size_t readable = line.text.size() + simdjson::SIMDJSON_PADDING;
    document_->read(simdjson::padded_string_view(line.text.data(), line.text.size(), readable));
  }
  document_->finish(row);
  const std::string_view source = cut(line.text, max_source_bytes);
  row.source = damage.empty() ? std::string(source) : std::string(cut(repaired(source), max_source_bytes));
  return true;
}

// JSON that is laid out over many lines shows at the first of them.
void check_first_line(std::string_view line, const std::string& file_name) {
  if (!line.starts_with('[') && trim(line) != "{") return;
  throw FileError(
      fmt::format("{}: this is JSON, but not one object a line; write it as NDJSON (jq -c)", file_name));
}

}  // namespace

std::unique_ptr<Reader> ndjson_reader(OpenInput input, std::shared_ptr<const Mapping> mapping) {
  check_first_line(first_line(input.lines->peek()), input.bytes->stored().name());
  return std::make_unique<NdjsonReader>(std::move(input), std::move(mapping));
}

}  // namespace consent_sync::input
