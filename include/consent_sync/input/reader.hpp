#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <consent_sync/consent/composition.hpp>
#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/input/mapping.hpp>
#include <consent_sync/input/row.hpp>

namespace consent_sync::input {

/// The file as a whole cannot be used: unreadable, empty, no usable header, wrong encoding, damaged or cut
/// off compression, a quotation mark that is never closed (it would swallow rows). what() is one sentence
/// that names the file, the line where there is one, and what to do. Ends the program with exit code 2. A
/// Reader that has thrown is of no further use.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Format : std::uint8_t { automatic, csv, ndjson };

/// automatic: by a byte order mark, else UTF-8. utf16: by its byte order mark, which it must have.
enum class Encoding : std::uint8_t { automatic, utf8, utf16, utf16le, utf16be, latin1, windows1252 };

/// The latest time at which a choice may have been made that is read at `now`: clocks differ, and a time
/// without a zone may be of any.
inline consent::Timestamp latest_choice(consent::Timestamp now) {
  return now + std::chrono::hours(24);
}

struct ReaderOptions {
  /// automatic: by the name (.csv, .tsv, .ndjson, .jsonl, before .gz or .zst), else by the first byte that is
  /// not white space ('{' means NDJSON; so does '[', for a JSON array).
  Format format = Format::automatic;
  /// '\0': detected from the header row among , ; tab and |.
  char delimiter = '\0';
  Encoding encoding = Encoding::automatic;
  /// How rows say what we need to know; none: the canonical form (docs/importing.md).
  std::shared_ptr<const Mapping> mapping = nullptr;
  /// Of an input for several stores, what holds each row's (Row::store): a CSV's column, in whatever case; of
  /// JSON a member's name, or a JSON Pointer. "": an input for one.
  std::string store_column = {};
  /// Of a CSV that this program wrote: a field may have lines that look like rows. Of any other it is thought
  /// more likely that a stray quotation mark has joined rows to one.
  bool trusts_quotes = false;
  /// A row whose choice was made after it, by its own word, is invalid. Nothing: whenever it was made.
  std::optional<consent::Timestamp> latest = std::nullopt;
};

/// What is known of an input once it has been read to its end.
struct Fingerprint {
  std::string sha256;       ///< of the bytes as stored (compressed ones if it is compressed), lower-case hex
  std::uint64_t bytes = 0;  ///< as stored
  std::uint64_t rows = 0;
  std::uint64_t rows_of_others = 0;  ///< passed over: they name another store (rows_of_store())
  std::uint64_t rows_of_any = 0;     ///< of `rows`: invalid, and every store's, since they do not tell whose
};

/// Reads an input from its beginning to its end, in memory that does not grow with it. One thread at a time.
class Reader {
 public:
  virtual ~Reader() = default;

  /// Replaces `rows` with the next rows, in the order of the input, some thousands at most. False (and no
  /// rows) at the end. Whoever gives the same rows again and again saves the memory of their texts. Throws
  /// FileError.
  virtual bool read(std::vector<Row>& rows) = 0;

  /// Known from the start: csv or ndjson.
  virtual Format format() const = 0;

  /// The header's own column names in their order, without "reason"; for NDJSON the canonical names.
  virtual const std::vector<std::string>& columns() const = 0;

  /// Of a CSV that no mapping reads, columns whose values are not looked at, as a message may show them; not
  /// more than some.
  virtual std::vector<std::string> passed_over() const { return {}; }

  /// In long form, where each row speaks of one part (consent::Record::part): how they make a choice. Else
  /// nullptr.
  virtual const consent::Composition* composition() const = 0;

  /// Valid once read() has returned false.
  virtual Fingerprint fingerprint() const = 0;

  /// Bytes of the input read so far, as stored: for progress.
  virtual std::uint64_t bytes_read() const = 0;
};

/// Opens `path` ("-": standard input), plain, gzip or zstd by its first bytes, and reads its start: a header
/// row that cannot be used is found here. Throws FileError. A header row without rows is an input of no rows.
std::unique_ptr<Reader> open_reader(const std::string& path, const ReaderOptions& options);

}  // namespace consent_sync::input
