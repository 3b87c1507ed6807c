#include <doctest/doctest.h>

#include <consent_sync/input/reader.hpp>

#include "byte_source.hpp"
#include "files.hpp"

using namespace consent_sync::input;

namespace {

/// Longer than a reader's blocks, and no two of its lines alike.
std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 3'000'000; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

std::string read_all_of(ByteSource& source, std::size_t step) {
  std::string text;
  std::string buffer(step, '\0');
  while (const std::size_t got = source.read(buffer.data(), step)) text.append(buffer, 0, got);
  return text;
}

}  // namespace

TEST_CASE("what is read in the background is the same, in steps of any size, and so is its fingerprint") {
  const Files files;
  const std::string text = long_text();
  const std::string path = files.write("a.txt", text);
  for (const std::size_t step : {std::size_t{1000}, std::size_t{256 * 1024}, std::size_t{1'000'000}}) {
    const auto ahead = in_background(open_bytes(path));
    const auto plain = open_bytes(path);
    CHECK(read_all_of(*ahead, step) == text);
    CHECK(read_all_of(*plain, step) == text);
    CHECK(ahead->stored().sha256() == plain->stored().sha256());
    CHECK(ahead->stored().bytes() == text.size());
    char more = 0;
    CHECK(ahead->read(&more, 1) == 0);
  }
}

TEST_CASE("who reads in the background may stop early") {
  const Files files;
  const auto source = in_background(open_bytes(files.write("a.txt", long_text())));
  char first = 0;
  CHECK(source->read(&first, 1) == 1);
  CHECK(first == 'l');
}

TEST_CASE("an error in the background comes after what was read before it") {
  const Files files;
  std::string packed = gzip(long_text());
  while (packed.size() < 2'000'000) packed += packed;  // more members, so that it is a long file
  packed.resize(packed.size() - 20);
  const auto source = in_background(open_bytes(files.write("a.gz", packed)));
  CHECK_THROWS_AS(read_all_of(*source, 100'000), FileError);
  char more = 0;
  CHECK_THROWS_AS(source->read(&more, 1), FileError);
}
