#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <consent_sync/input/reader.hpp>

#include "byte_source.hpp"
#include "files.hpp"

using namespace consent_sync::input;

namespace {

std::string content_of(const std::string& path, std::size_t step = 1000) {
  const auto bytes = open_bytes(path);
  std::string content;
  std::string buffer(step, '\0');
  for (std::size_t got = 0; (got = bytes->read(buffer.data(), step)) > 0;) content.append(buffer, 0, got);
  return content;
}

std::string content_error_of(const std::string& path) {
  try {
    content_of(path);
  } catch (const FileError& error) {
    return error.what();
  }
  return {};
}

std::string numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

}  // namespace

TEST_CASE("plain, gzip and zstd content is told by its first bytes, not by the name") {
  const Files files;
  const std::string text = numbers(50000);
  CHECK(content_of(files.write("a.gz", text)) == text);
  CHECK(content_of(files.write("b.csv", gzip(text))) == text);
  CHECK(content_of(files.write("c.csv", zstd(text))) == text);
  CHECK(content_of(files.write("tiny", "x")) == "x");
}

TEST_CASE("compressed content reads the same in steps of any size") {
  const Files files;
  const std::string text = numbers(3000);
  for (const std::string& packed : {gzip(text), zstd(text)}) {
    const std::string path = files.write("packed", packed);
    for (const std::size_t step : {1U, 2U, 3U, 7U, 4096U, 1000000U}) CHECK(content_of(path, step) == text);
  }
}

TEST_CASE("concatenated gzip members and zstd frames are one content") {
  const Files files;
  std::string gzipped;
  std::string zstd_packed;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string part = numbers(i * 50);
    gzipped += gzip(part);
    zstd_packed += zstd(part);
    expected += part;
  }
  CHECK(content_of(files.write("a", gzipped)) == expected);
  CHECK(content_of(files.write("b", zstd_packed)) == expected);
}

TEST_CASE("a gzip member may end anywhere in the buffer of reading") {
  const Files files;
  const std::string member = gzip("some text,");
  std::string many;
  std::string expected;
  while (many.size() < 100 * 1024) {
    many += member;
    expected += "some text,";
  }
  CHECK(content_of(files.write("many.gz", many)) == expected);
}

TEST_CASE("compressed content that is cut off anywhere is an error") {
  const Files files;
  const std::string text = numbers(20000);
  for (const std::string& packed :
       {gzip(text), zstd(text), gzip(text) + gzip(text), zstd(text) + zstd(text)}) {
    for (std::size_t size = 5; size < packed.size(); size += packed.size() / 37) {
      if (size == packed.size() / 2) continue;
      CAPTURE(size);
      CHECK(content_error_of(files.write("cut", packed.substr(0, size))).find("ends too early") !=
            std::string::npos);
    }
    CHECK(content_error_of(files.write("cut", packed.substr(0, packed.size() - 1))).find("too early") !=
          std::string::npos);
  }
}

TEST_CASE("damaged compressed content is an error that names the file") {
  const Files files;
  std::string packed = gzip(numbers(20000));
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  const std::string path = files.write("damaged.csv.gz", packed);
  CHECK(content_error_of(path) == path + ": the gzip data is damaged; copy or export the file again");
  std::string frame = zstd(numbers(20000));
  frame[10] = static_cast<char>(frame[10] ^ 0x55);
  CHECK_FALSE(content_error_of(files.write("damaged.zst", frame)).empty());
  CHECK(content_error_of(files.write("tail.gz", gzip("a") + "garbage")).find("damaged") != std::string::npos);
}

TEST_CASE("the fingerprint is of the bytes as they are stored") {
  const Files files;
  CHECK(open_bytes(files.write("empty", ""))->stored().sha256() ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const auto bytes = open_bytes(files.write("abc", "abc"));
  char buffer[8];
  while (bytes->read(buffer, sizeof buffer) > 0) continue;
  CHECK(bytes->stored().sha256() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(bytes->stored().bytes() == 3);

  const std::string packed = gzip("customer_id,allow\n1,analytics\n");
  const auto reader = open_reader(files.write("a.csv.gz", packed), {});
  CHECK(read_all(*reader).size() == 1);
  CHECK(reader->fingerprint().bytes == packed.size());
  CHECK(reader->fingerprint().rows == 1);
  CHECK(reader->bytes_read() == packed.size());
}

TEST_CASE("what cannot be opened or read says which file and why") {
  const Files files;
  CHECK(content_error_of(files.path("none.csv")) ==
        "cannot read " + files.path("none.csv") + ": No such file or directory");
  ::mkdir(files.path("dir").c_str(), 0700);
  CHECK(content_error_of(files.path("dir")) == "cannot read " + files.path("dir") + ": Is a directory");
  if (::geteuid() != 0) {
    const std::string secret = files.write("secret.csv", "x");
    ::chmod(secret.c_str(), 0);
    CHECK(content_error_of(secret) == "cannot read " + secret + ": Permission denied");
  }
}

TEST_CASE("a minus sign is standard input, of any format and compression") {
  const Files files;
  const std::string path = files.write("in", zstd("{\"customer_id\":1,\"allow\":[\"analytics\"]}\n"));
  const int kept = ::dup(STDIN_FILENO);
  const int file = ::open(path.c_str(), O_RDONLY);
  ::dup2(file, STDIN_FILENO);
  const auto rows = read_all(*open_reader("-", {}));
  ::close(file);
  kept < 0 ? ::close(STDIN_FILENO) : ::dup2(kept, STDIN_FILENO);
  if (kept >= 0) ::close(kept);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].record);
}
