#include <fmt/format.h>

#include <thread>
#include <utility>

#include "document_rows.hpp"
#include "format.hpp"
#include "json_elements.hpp"
#include "readers.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

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
  std::string judge(const Line&, const std::string& why) const override { return why_no_object(why); }

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

class NdjsonReader final : public RowReader {
 public:
  NdjsonReader(OpenInput input, const ReaderOptions& options)
      : RowReader(std::move(input), options), rows_(mapping(), options.store_column) {
    if (first_line(lines().peek()).starts_with('[')) {
      documents_ = std::make_unique<ArrayDocuments>(lines(), file_name());
    } else {
      documents_ = std::make_unique<LineDocuments>(lines());
    }
  }

  Format format() const override { return Format::ndjson; }
  const std::vector<std::string>& columns() const override { return names_; }

 private:
  bool next(Row& row) override {
    Line document;
    if (!documents_->next(document)) return false;
    rows_.make(
        document, [this](const Line& line, const std::string& why) { return documents_->judge(line, why); },
        row);
    return true;
  }

  std::vector<std::string> names_ = ndjson_columns();
  DocumentRows rows_;
  std::unique_ptr<Documents> documents_;
};

// JSON that is laid out over many lines shows at the first of them.
void check_first_line(std::string_view line, const std::string& file_name) {
  if (trim(line) != "{") return;
  throw FileError(
      fmt::format("{}: this is JSON, but not one object a line; write it as NDJSON (jq -c)", file_name));
}

/// Long inputs are parsed by several threads. Where an array ends shows only to whoever reads it from its
/// start.
bool is_for_many(OpenInput& input) {
  return input.bytes->stored().is_long_file() && std::thread::hardware_concurrency() > 1 &&
         !first_line(input.lines->peek()).starts_with('[');
}

}  // namespace

std::vector<std::string> ndjson_columns() {
  return {"customer_id", "allow", "deny", "decided_at"};
}

std::string why_no_object(const std::string& why) {
  return fmt::format("the line is not one JSON object: {}", why);
}

std::unique_ptr<Reader> ndjson_reader(OpenInput input, const ReaderOptions& options) {
  check_first_line(first_line(input.lines->peek()), input.bytes->stored().name());
  if (is_for_many(input)) return parallel_ndjson_reader(std::move(input), options);
  return std::make_unique<NdjsonReader>(std::move(input), options);
}

}  // namespace consent_sync::input
