#include <utility>

#include "format.hpp"
#include "later_choices.hpp"
#include "readers.hpp"
#include "text_encoding.hpp"

namespace consent_sync::input {
namespace {

constexpr std::size_t usual_chunk = 256 * 1024;

std::unique_ptr<Reader> open_all(const std::string& path, const ReaderOptions& options, std::size_t chunk) {
  OpenInput input;
  input.bytes = in_utf8(in_background(open_bytes(path)), options.encoding);
  input.lines = std::make_unique<LineReader>(*input.bytes, chunk);
  input.lines->skip(check_start(input.lines->peek(), input.bytes->stored().name()));
  Format format = options.format;
  if (format == Format::automatic) format = format_of_name(path);
  if (format == Format::automatic) format = format_of_content(input.lines->peek());
  if (format == Format::ndjson) return ndjson_reader(std::move(input), options);
  return csv_reader(std::move(input), options);
}

}  // namespace

std::unique_ptr<Reader> open_reader_by_chunks(const std::string& path, const ReaderOptions& options,
                                              std::size_t chunk) {
  std::unique_ptr<Reader> all = open_all(path, options, chunk);
  return options.latest ? without_later_choices(std::move(all), *options.latest) : std::move(all);
}

std::unique_ptr<Reader> open_reader(const std::string& path, const ReaderOptions& options) {
  return open_reader_by_chunks(path, options, usual_chunk);
}

}  // namespace consent_sync::input
