#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "faulty_read.hpp"
#include "files.hpp"

using namespace consent_sync::input;

namespace {

const std::string tricky_csv =
    "customer_id,allow,deny\r\n1,\"analytics,functional\",targeting\r\n2,\"käse\nof two lines\",\r\n\r\n"
    "3,essential,\"stray\"mark\n4,analytics,\n";
const std::string ndjson =
    "{\"customer_id\":1,\"allow\":[\"analytics\"]}\r\n\n{\"customer_id\":2,\"deny\":[\"käse\"]}\n{\"customer_"
    "id\":";
const std::string array =
    "[{\"customer_id\":1,\"allow\":[\"analytics\"]},\n "
    "{\"customer_id\":2,\"consent\":{\"targeting\":false}}]";

std::string in_utf16(const std::string& ascii) {
  std::string text = "\xFF\xFE";
  for (const char c : ascii) {
    text += c;
    text += '\0';
  }
  return text;
}

const std::string utf16_csv = in_utf16("customer_id,allow\r\n1,analytics\r\n2,functional\r\n");

/// Everything that is said of the rows.
std::string all_of(const std::string& path) {
  std::string said;
  const auto reader = open_reader(path, {});
  for (const Row& row : read_all(*reader))
    said += std::to_string(row.line) + " " + result_of(row) + " <" + row.source + ">\n";
  return said + reader->fingerprint().sha256;
}

std::string rows_error_of(const std::string& path) {
  try {
    all_of(path);
  } catch (const FileError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("wherever reading is cut into pieces, the rows are the same") {
  const Files files;
  for (const std::string& content : {tricky_csv, ndjson, array, utf16_csv, gzip(tricky_csv), zstd(ndjson),
                                     gzip(tricky_csv) + gzip(tricky_csv)}) {
    const std::string path = files.write("input", content);
    const std::string expected = all_of(path);
    {
      const FaultyRead byte_by_byte({.most = 1, .is_interrupted = true});
      CHECK(all_of(path) == expected);
    }
    for (std::size_t at = 1; at < content.size(); ++at) {
      CAPTURE(at);
      const FaultyRead in_two({.split_at = at});
      CHECK(all_of(path) == expected);
    }
  }
}

TEST_CASE("a disk that fails anywhere in a file is an error that names the file, never an end") {
  const Files files;
  for (const std::string& content :
       {tricky_csv, ndjson, array, utf16_csv, gzip(tricky_csv), zstd(tricky_csv)}) {
    const std::string path = files.write("input", content);
    for (std::size_t after = 0; after <= content.size(); ++after) {
      CAPTURE(after);
      const FaultyRead failing({.fails_after = after});
      CHECK(rows_error_of(path) == "cannot read " + path + ": Input/output error");
    }
  }
}

TEST_CASE("compressed input that is cut off at any byte is an error that names the file, never fewer rows") {
  const Files files;
  for (const std::string& packed : {gzip(tricky_csv), zstd(tricky_csv)}) {
    for (std::size_t size = 0; size < packed.size(); ++size) {
      CAPTURE(size);
      const std::string path = files.write("cut", packed.substr(0, size));
      CHECK(rows_error_of(path).find(path) != std::string::npos);
    }
  }
}

TEST_CASE("a pipe is read to its end, however its writer dawdles") {
  const Files files;
  for (const std::string& content : {tricky_csv, array, gzip(tricky_csv)}) {
    const std::string expected = all_of(files.write("file", content));
    const std::string pipe = files.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    std::thread writer([&] {
      const int end = ::open(pipe.c_str(), O_WRONLY);
      for (const char byte : content) {
        if (::write(end, &byte, 1) != 1) break;
      }
      ::close(end);
    });
    CHECK(all_of(pipe) == expected);
    writer.join();
    ::unlink(pipe.c_str());
  }
}
