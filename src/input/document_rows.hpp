#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/input/mapping.hpp>
#include <consent_sync/input/row.hpp>

#include "line_reader.hpp"
#include "rejected_line.hpp"
#include "store_member.hpp"

namespace consent_sync::input {

/// Makes rows of JSON documents. One thread at a time; several may work for one mapping.
class DocumentRows {
 public:
  /// Of a document that is no JSON object: why that makes its row invalid. Throws FileError if it is worse.
  using Judge = std::function<std::string(const Line& document, const std::string& why)>;

  /// `mapping` outlives it; null: the canonical form. `store_column`: see ReaderOptions.
  explicit DocumentRows(const Mapping* mapping, const std::string& store_column = {});
  ~DocumentRows();

  /// Replaces what `row` says. Beyond the document 64 bytes may be read.
  void make(const Line& line, const Judge& judge, Row& row);

 private:
  class DocumentReader;
  class CanonicalDocuments;
  class MappedDocuments;

  std::string problem_of(const Line& line, std::string_view damage, const Judge& judge);
  void make_unusual(const Line& line, const Judge& judge, Row& row);
  void tell_store(const Line& line, Row& row);

  std::unique_ptr<DocumentReader> reader_;
  std::optional<StoreMember> store_;
  RejectedLine rejected_;
};

}  // namespace consent_sync::input
