#pragma once

#include <consent_sync/input/reader.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "byte_source.hpp"
#include "line_reader.hpp"

namespace consent_sync::input {

/// A batch ends with the row that reaches either.
inline constexpr std::size_t batch_rows = 1024;
inline constexpr std::size_t batch_source_bytes = 1024 * 1024;

/// What a row's `source` is shortened to.
inline constexpr std::size_t max_source_bytes = 64 * 1024;

/// An opened input, cut into lines; a byte order mark is passed over already.
struct OpenInput {
  std::unique_ptr<ByteSource> bytes;
  std::unique_ptr<LineReader> lines;
};

/// The row at `index`, which is at most one beyond the last, as one that says nothing.
Row& cleared_row(std::vector<Row>& rows, std::size_t index);

/// What the readers of both formats share: batches, counts, the fingerprint.
class BatchReader : public Reader {
 public:
  bool read(std::vector<Row>& rows) final;
  Fingerprint fingerprint() const final;
  std::uint64_t bytes_read() const final { return input_.bytes->stored().bytes(); }
  const consent::Composition* composition() const final;

 protected:
  BatchReader(OpenInput input, const ReaderOptions& options)
      : input_(std::move(input)), mapping_(options.mapping) {}

  /// Replaces `rows` with those of the next batch; with none at the end.
  virtual void fill(std::vector<Row>& rows) = 0;

  LineReader& lines() const { return *input_.lines; }
  /// nullptr for the canonical form.
  const Mapping* mapping() const { return mapping_.get(); }
  const std::string& file_name() const { return input_.bytes->stored().name(); }

 private:
  OpenInput input_;
  std::shared_ptr<const Mapping> mapping_;
  std::uint64_t rows_ = 0;
};

/// Reads one row after another.
class RowReader : public BatchReader {
 protected:
  using BatchReader::BatchReader;

  /// Fills a `row` that says nothing yet. False at the end.
  virtual bool next(Row& row) = 0;

 private:
  void fill(std::vector<Row>& rows) final;
};

/// Throw FileError when the start of the input shows that it cannot be used.
std::unique_ptr<Reader> csv_reader(OpenInput input, const ReaderOptions& options);
std::unique_ptr<Reader> ndjson_reader(OpenInput input, const ReaderOptions& options);
/// Of lines, never of an array; gives the same rows, made by several threads.
std::unique_ptr<Reader> parallel_ndjson_reader(OpenInput input, const ReaderOptions& options);

/// What any NDJSON has for columns.
std::vector<std::string> ndjson_columns();
/// Why a line that is no JSON object makes its row invalid.
std::string why_no_object(const std::string& why);

/// open_reader, with the number of bytes that are read at a time.
std::unique_ptr<Reader> open_reader_by_chunks(const std::string& path, const ReaderOptions& options,
                                              std::size_t chunk);

}  // namespace consent_sync::input
