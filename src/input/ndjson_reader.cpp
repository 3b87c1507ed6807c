#include <fmt/format.h>

#include <utility>

#include "format.hpp"
#include "json_elements.hpp"
#include "json_row.hpp"
#include "json_places.hpp"
#include "mapped_row.hpp"
#include "plain_document.hpp"
#include "readers.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

/// How a document becomes a record.
class DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  /// Reads a document that is as it should be, and valid UTF-8, whole. False: the others have to look at it.
  virtual bool read_plain(simdjson::padded_string_view document, Row& row) = 0;
  /// Why the document is not one JSON object; "" if it is.
  virtual std::string read(simdjson::padded_string_view document) = 0;
  virtual void refuse(std::string problem) = 0;
  virtual void finish(Row& row) = 0;
};

/// The canonical keys.
class CanonicalDocuments final : public DocumentReader {
 public:
  bool read_plain(simdjson::padded_string_view document, Row& row) override {
    row.record = plain_.read(document);
    return row.record.has_value();
  }
  std::string read(simdjson::padded_string_view document) override { return json_.read(document, builder_); }
  void refuse(std::string problem) override { builder_.refuse(std::move(problem)); }
  void finish(Row& row) override { builder_.finish(row); }

 private:
  PlainDocument plain_;
  JsonRow json_;
  RecordBuilder builder_;
};

/// Values that a mapping points to.
class MappedDocuments final : public DocumentReader {
 public:
  explicit MappedDocuments(const Mapping& mapping) : row_(mapping), places_(row_.slots()) {}

  // The DOM has checked the UTF-8 of whatever it could read.
  bool read_plain(simdjson::padded_string_view document, Row& row) override {
    simdjson::dom::object object;
    if (parser_.parse(document.data(), document.size(), false).get_object().get(object)) return false;
    use(object);
    row_.finish(row);
    return true;
  }
  std::string read(simdjson::padded_string_view document) override {
    simdjson::dom::element root;
    if (const auto error = parser_.parse(document.data(), document.size(), false).get(root)) {
      return simdjson::error_message(error);
    }
    return "it is another value";
  }
  void refuse(std::string problem) override { row_.refuse(std::move(problem)); }
  void finish(Row& row) override { row_.finish(row); }

 private:
  void use(simdjson::dom::object object) {
    const auto& values = places_.values_in(object);
    if (places_.has_duplicate_keys()) refuse("an object in it has a key twice");
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i]) row_.give(row_.slots()[i], *values[i]);
    }
  }

  simdjson::dom::parser parser_;
  MappedRow row_;
  JsonPlaces places_;
};

std::unique_ptr<DocumentReader> document_reader(const Mapping* mapping) {
  if (mapping == nullptr) return std::make_unique<CanonicalDocuments>();
  return std::make_unique<MappedDocuments>(*mapping);
}

/// Where documents come from: lines, or the elements of an array.
class Documents {
 public:
  virtual ~Documents() = default;
  virtual bool next(Line& document) = 0;
  /// A document that is no JSON object: why that makes its row invalid. Throws FileError if it is worse.
  virtual std::string judge(const Line& document, const std::string& why) const = 0;
};

class LineDocuments final : public Documents {
 public:
  explicit LineDocuments(LineReader& lines) : lines_(lines) {}

  bool next(Line& document) override {
    do {
      if (!lines_.next(document)) return false;
    } while (trim(document.text).empty());
    return true;
  }
  std::string judge(const Line&, const std::string& why) const override {
    return fmt::format("the line is not one JSON object: {}", why);
  }

 private:
  LineReader& lines_;
};

class ArrayDocuments final : public Documents {
 public:
  ArrayDocuments(LineReader& bytes, const std::string& file_name)
      : elements_(bytes, file_name), file_name_(file_name) {}

  bool next(Line& document) override { return elements_.next(document); }

  // An array is one document: where a part of it is broken, what follows may be told apart wrongly.
  std::string judge(const Line& document, const std::string& why) const override {
    throw FileError(fmt::format(
        "{}: line {}: the array has an element here that is not one JSON object: {}; export it again",
        file_name_, document.number, why));
  }

 private:
  JsonElements elements_;
  std::string file_name_;
};

class NdjsonReader final : public BatchReader {
 public:
  NdjsonReader(OpenInput input, std::shared_ptr<const Mapping> mapping)
      : BatchReader(std::move(input), std::move(mapping)), document_(document_reader(this->mapping())) {
    if (first_line(lines().peek()).starts_with('[')) {
      documents_ = std::make_unique<ArrayDocuments>(lines(), file_name());
    } else {
      documents_ = std::make_unique<LineDocuments>(lines());
    }
  }

  Format format() const override { return Format::ndjson; }
  const std::vector<std::string>& columns() const override { return names_; }

 private:
  bool next(Row& row) override;
  void read_unusual(const Line& line, simdjson::padded_string_view document, Row& row);

  std::vector<std::string> names_{"customer_id", "allow", "deny", "decided_at"};
  std::unique_ptr<DocumentReader> document_;
  std::unique_ptr<Documents> documents_;
};

bool NdjsonReader::next(Row& row) {
  Line line;
  if (!documents_->next(line)) return false;
  row.line = line.number;
  const simdjson::padded_string_view document(line.text.data(), line.text.size(),
                                              line.text.size() + simdjson::SIMDJSON_PADDING);
  if (!line.too_long && document_->read_plain(document, row)) {
    row.source = cut(line.text, max_source_bytes);
  } else {
    read_unusual(line, document, row);
  }
  return true;
}

void NdjsonReader::read_unusual(const Line& line, simdjson::padded_string_view document, Row& row) {
  const std::string_view damage = damage_of(line.text);
  if (line.too_long) {
    document_->refuse(fmt::format("it is longer than {} bytes", max_row_bytes));
  } else if (!damage.empty()) {
    document_->refuse(fmt::format("it is no text: {}", damage));
  } else {
    const std::string why = document_->read(document);
    if (!why.empty()) document_->refuse(documents_->judge(line, why));
  }
  document_->finish(row);
  const std::string_view source = cut(line.text, max_source_bytes);
  row.source = damage.empty() ? std::string(source) : std::string(cut(repaired(source), max_source_bytes));
}

// JSON that is laid out over many lines shows at the first of them.
void check_first_line(std::string_view line, const std::string& file_name) {
  if (trim(line) != "{") return;
  throw FileError(
      fmt::format("{}: this is JSON, but not one object a line; write it as NDJSON (jq -c)", file_name));
}

}  // namespace

std::unique_ptr<Reader> ndjson_reader(OpenInput input, std::shared_ptr<const Mapping> mapping) {
  check_first_line(first_line(input.lines->peek()), input.bytes->stored().name());
  return std::make_unique<NdjsonReader>(std::move(input), std::move(mapping));
}

}  // namespace consent_sync::input
