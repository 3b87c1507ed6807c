#include "row_file.hpp"

#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>

namespace consent_sync::report {
namespace io = boost::iostreams;
namespace {

// The rows come at the pace of the disk: what costs more time than that is worth little space.
constexpr int gzip_level = 4;
constexpr int zstd_level = 3;
constexpr std::streamsize filter_buffer_size = 64 * 1024;

struct FileDevice {
  using char_type = char;
  using category = io::sink_tag;

  std::streamsize write(const char* bytes, std::streamsize size) const {
    file->append({bytes, static_cast<std::size_t>(size)});
    return size;
  }

  PendingFile* file;
};

}  // namespace

class RowFile::Filter {
 public:
  Filter(PendingFile& file, Compression compression) {
    if (compression == Compression::gzip) {
      stream_.push(io::gzip_compressor(io::gzip_params(gzip_level)), filter_buffer_size);
    } else {
      stream_.push(io::zstd_compressor(io::zstd_params(zstd_level)), filter_buffer_size);
    }
    stream_.push(FileDevice{&file}, filter_buffer_size);
  }

  void append(std::string_view bytes) {
    stream_.sputn(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  /// Writes what is left, and the end.
  void close() { io::close(stream_); }

 private:
  io::filtering_streambuf<io::output> stream_;
};

RowFile::RowFile(const ReportDirectory& directory, std::string name, Compression compression)
    : file_(directory, std::move(name)) {
  if (compression != Compression::none) filter_ = std::make_unique<Filter>(file_, compression);
}

RowFile::~RowFile() = default;

void RowFile::append(std::string_view bytes) {
  if (filter_) {
    filter_->append(bytes);
  } else {
    file_.append(bytes);
  }
}

void RowFile::complete() {
  if (filter_) filter_->close();
  file_.complete();
}

}  // namespace consent_sync::report
