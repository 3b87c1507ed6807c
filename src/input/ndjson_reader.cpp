#include <fmt/format.h>

#include "format.hpp"
#include "json_row.hpp"
#include "readers.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

class NdjsonReader final : public BatchReader {
 public:
  explicit NdjsonReader(OpenInput input) : BatchReader(std::move(input)) {}

  Format format() const override { return Format::ndjson; }
  const std::vector<std::string>& columns() const override { return names_; }

 private:
  bool next(Row& row) override;

  std::vector<std::string> names_{"customer_id", "allow", "deny", "decided_at"};
  JsonRow json_;
  RecordBuilder builder_;
};

bool NdjsonReader::next(Row& row) {
  Line line;
  do {
    if (!lines().next(line)) return false;
  } while (trim(line.text).empty());
  row.line = line.number;
  const std::string_view damage = damage_of(line.text);
  if (line.too_long) {
    builder_.refuse(fmt::format("the line is longer than {} bytes", max_row_bytes));
  } else if (!damage.empty()) {
    builder_.refuse(fmt::format("the line is no text: {}", damage));
  } else {
    const std::size_t readable = line.text.size() + simdjson::SIMDJSON_PADDING;
    json_.read(simdjson::padded_string_view(line.text.data(), line.text.size(), readable), builder_);
  }
  builder_.finish(row);
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

std::unique_ptr<Reader> ndjson_reader(OpenInput input) {
  check_first_line(first_line(input.lines->peek()), input.bytes->stored().name());
  return std::make_unique<NdjsonReader>(std::move(input));
}

}  // namespace consent_sync::input
