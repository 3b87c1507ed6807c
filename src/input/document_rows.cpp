#include "document_rows.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "json_fault.hpp"
#include "json_memory.hpp"
#include "json_padding.hpp"
#include "json_places.hpp"
#include "json_row.hpp"
#include "mapped_row.hpp"
#include "member_scan.hpp"
#include "plain_document.hpp"
#include "plain_part.hpp"
#include "readers.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

static_assert(json_padding >= simdjson::SIMDJSON_PADDING);

simdjson::padded_string_view padded(std::string_view document) {
  return simdjson::padded_string_view(document.data(), document.size(),
                                      document.size() + simdjson::SIMDJSON_PADDING);
}

}  // namespace

/// How a document becomes a record.
class DocumentRows::DocumentReader {
 public:
  virtual ~DocumentReader() = default;
  /// Reads a document that is as it should be, and valid UTF-8, whole, and replaces what `row` says. False:
  /// the others have to look at it.
  virtual bool read_plain(std::string_view document, Row& row) = 0;
  /// Why the document is not one JSON object; "" if it is.
  virtual std::string read(std::string_view document) = 0;
  /// What `row` has to say of the document that was read.
  virtual void finish(Row& row) = 0;
  /// The same of one that cannot be read: no more is looked for in it than whose it is.
  virtual void refuse(std::string problem, std::string_view document, Row& row) = 0;
};

/// The canonical keys.
class DocumentRows::CanonicalDocuments final : public DocumentReader {
 public:
  bool read_plain(std::string_view document, Row& row) override {
    if (!plain_.read(document)) return false;
    row.clear();
    plain_.finish(row);
    return true;
  }
  std::string read(std::string_view document) override { return json_.read(padded(document), builder_); }
  void finish(Row& row) override { builder_.finish(row); }
  void refuse(std::string problem, std::string_view document, Row& row) override {
    builder_.refuse(std::move(problem));
    builder_.customer_id(customer_.value_in(document).value_or(""));
    builder_.finish(row);
  }

 private:
  PlainDocument plain_;
  JsonRow json_;
  MemberScan customer_{"customer_id"};
  RecordBuilder builder_;
};

/// Values that a mapping points to.
class DocumentRows::MappedDocuments final : public DocumentReader {
 public:
  explicit MappedDocuments(const Mapping& mapping)
      : row_(mapping), places_(row_.slots()), customer_(mapping.customer.name) {
    if (PlainPart::can_read(mapping)) plain_.emplace(mapping);
  }

  // The DOM has checked the UTF-8 of whatever it could read.
  bool read_plain(std::string_view document, Row& row) override {
    simdjson::dom::object object;
    const auto error = parser_.parse(document.data(), document.size(), false).get_object().get(object);
    if (fault_of_text(error)) return false;
    row.clear();
    if (plain_ && plain_->read(object, row)) return true;
    use(object);
    row_.finish(row);
    return true;
  }
  std::string read(std::string_view document) override {
    simdjson::dom::element root;
    const auto error = fault_of_text(parser_.parse(document.data(), document.size(), false).get(root));
    const std::string_view other = other_than_object(document);
    return std::string(other.empty() ? fault_in_words(document, error) : other);
  }
  void finish(Row& row) override { row_.finish(row); }
  void refuse(std::string problem, std::string_view document, Row& row) override {
    row_.refuse(std::move(problem));
    if (const auto who = customer_.value_in(document)) row_.give(row_.slots().front(), *who);
    row_.finish_unread(row);
  }

 private:
  void use(simdjson::dom::object object) {
    places_.look_through(object);
    if (places_.has_duplicate_keys()) row_.refuse("an object in it has a key twice");
    std::size_t index = 0;
    for (const MappedRow::Slot& slot : row_.slots()) {
      if (const auto* const value = places_.value_for(index++)) row_.give(slot, *value);
    }
  }

  simdjson::dom::parser parser_;
  std::optional<PlainPart> plain_;
  MappedRow row_;
  JsonPlaces places_;
  MemberScan customer_;
};

DocumentRows::DocumentRows(const Mapping* mapping, const std::string& store_column) {
  if (!store_column.empty()) store_.emplace(store_column);
  if (mapping == nullptr) {
    reader_ = std::make_unique<CanonicalDocuments>();
  } else {
    reader_ = std::make_unique<MappedDocuments>(*mapping);
  }
}

DocumentRows::~DocumentRows() = default;

// A row's memory comes from another thread: it is written to last, when there is nothing left to wait for.
void DocumentRows::make(const Line& line, const Judge& judge, Row& row) {
  if (!line.too_long && reader_->read_plain(line.text, row)) {
    row.source.assign(cut(line.text, max_source_bytes));
  } else {
    make_unusual(line, judge, row);
  }
  row.line = line.number;
  row.is_shortened = line.text.size() > max_source_bytes;
  if (store_) tell_store(line, row);
}

// The choice of a row whose store is not certain is nobody's: it says no more than whose it may be.
void DocumentRows::tell_store(const Line& line, Row& row) {
  if (!line.too_long) row.store = store_->in(line.text);
  if (row.store || !row.problem.empty()) return;
  row.problem = "its store cannot be told: a member on the way to it is there twice";
  if (row.record) row.customer = row.record->customer;
  if (row.by_email) row.email = std::move(row.by_email->email);
  row.record.reset();
  row.by_email.reset();
}

/// Why the document cannot be read; "" if it has been.
std::string DocumentRows::problem_of(const Line& line, std::string_view damage, const Judge& judge) {
  if (line.too_long) return fmt::format("it is longer than {} bytes", max_row_bytes);
  if (!damage.empty()) return fmt::format("it is no text: {}", damage);
  const std::string why = reader_->read(line.text);
  return why.empty() ? "" : judge(line, why);
}

void DocumentRows::make_unusual(const Line& line, const Judge& judge, Row& row) {
  row.clear();
  const std::string_view damage = damage_of(line.text);
  const auto rejected = line.too_long || !damage.empty() ? std::nullopt : rejected_.source_in(line.text);
  std::string problem = rejected ? "" : problem_of(line, damage, judge);
  if (rejected) {
    reader_->refuse(
        "it holds a line that could not be read: mend what \"source\" says, and put it in its place",
        *rejected, row);
  } else if (problem.empty()) {
    reader_->finish(row);
  } else {
    reader_->refuse(std::move(problem), line.text, row);
  }
  const std::string_view source = cut(line.text, max_source_bytes);
  row.source = damage.empty() ? std::string(source) : std::string(cut(repaired(source), max_source_bytes));
}

}  // namespace consent_sync::input
