#include "files.hpp"

#include <unistd.h>

#include <atomic>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fstream>

namespace consent_sync::input {
namespace {

namespace io = boost::iostreams;

template <typename Filter>
std::string filtered(const Filter& filter, std::string_view content) {
  std::string packed;
  io::filtering_ostream stream;
  stream.push(filter);
  stream.push(io::back_inserter(packed));
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.reset();
  return packed;
}

}  // namespace

Files::Files() {
  static std::atomic<int> count{0};
  directory_ = std::filesystem::temp_directory_path() /
               ("consent-sync-input-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
  std::filesystem::create_directories(directory_);
}

Files::~Files() {
  std::filesystem::remove_all(directory_);
}

std::string Files::write(const std::string& name, std::string_view content) const {
  std::ofstream(path(name), std::ios::binary)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
  return path(name);
}

std::string gzip(std::string_view content) {
  return filtered(io::gzip_compressor(), content);
}
std::string zstd(std::string_view content) {
  return filtered(io::zstd_compressor(), content);
}

ReaderOptions by_mapping(const std::string& yaml) {
  ReaderOptions options;
  options.mapping = std::make_shared<const Mapping>(read_mapping(yaml));
  return options;
}

std::vector<Row> read_all(Reader& reader) {
  std::vector<Row> all;
  std::vector<Row> batch;
  while (reader.read(batch)) all.insert(all.end(), batch.begin(), batch.end());
  return all;
}

std::vector<Row> rows_of(const std::string& name, std::string_view content, const ReaderOptions& options) {
  const Files files;
  return read_all(*open_reader(files.write(name, content), options));
}

std::string file_error_of(const std::string& name, std::string_view content, const ReaderOptions& options) {
  try {
    rows_of(name, content, options);
  } catch (const FileError& error) {
    return error.what();
  }
  return {};
}

std::string result_of(const Row& row) {
  return row.record ? to_string(row.record->choice) : row.problem;
}

}  // namespace consent_sync::input
