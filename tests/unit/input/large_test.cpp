#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "csv_rows.hpp"
#include "files.hpp"
#include "line_reader.hpp"
#include "readers.hpp"

using namespace consent_sync::input;

namespace {

// A sanitizer keeps what is freed: its peak says nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

// Nor does it need as much to find what it finds, and it takes its time for each byte.
constexpr std::size_t huge = (sanitized ? 10 : 100) * 1000 * 1000;

long peak_kilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

void write_all(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(pipe, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// The rows of `before`, `size` bytes of x, and `after`, which pass through a pipe and are nowhere whole.
// Nothing if the file is refused: then `error` says why.
std::vector<Row> rows_around(const std::string& before, std::size_t size, const std::string& after,
                             std::string* error = nullptr) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::thread writer([&] {
    write_all(ends[1], before);
    const std::string block(100000, 'x');
    for (std::size_t left = size; left > 0; left -= std::min(left, block.size())) {
      write_all(ends[1], std::string_view(block).substr(0, std::min(left, block.size())));
    }
    write_all(ends[1], after);
    ::close(ends[1]);
  });
  std::vector<Row> rows;
  try {
    rows = read_all(*open_reader("/dev/fd/" + std::to_string(ends[0]), {}));
  } catch (const FileError& thrown) {
    if (error != nullptr) *error = thrown.what();
    char rest[65536];
    while (::read(ends[0], rest, sizeof rest) > 0) continue;
  }
  writer.join();
  ::close(ends[0]);
  return rows;
}

}  // namespace

TEST_CASE("a line of 100 MB is one invalid row, in bounded memory, and the next row is fine") {
  const long before = peak_kilobytes();
  const auto csv = rows_around("customer_id,allow,note\n1,analytics,", huge, "\n2,analytics,y\n");
  REQUIRE(csv.size() == 2);
  CHECK(csv[0].problem == "the row is longer than 1048576 bytes");
  CHECK(csv[0].line == 2);
  CHECK(csv[0].source.size() <= max_source_bytes);
  CHECK(csv[1].record);
  CHECK(csv[1].line == 3);

  const auto json =
      rows_around("{\"customer_id\":1,\"x\":\"", huge,
                  "\",\"allow\":[\"analytics\"]}\n{\"customer_id\":2,\"allow\":[\"analytics\"]}\n");
  REQUIRE(json.size() == 2);
  CHECK(json[0].problem == "it is longer than 1048576 bytes");
  CHECK(json[0].source.size() == max_source_bytes);
  CHECK(json[1].record);
  if (!sanitized) CHECK(peak_kilobytes() - before < 24 * 1024);
}

TEST_CASE(
    "an element of 100 MB in a JSON array is one invalid row, in bounded memory, and the next row is fine") {
  const long before = peak_kilobytes();
  const auto json = rows_around("[\n{\"customer_id\":1,\"x\":\"", huge,
                                "\"},\n{\"customer_id\":2,\"allow\":[\"analytics\"]}]");
  REQUIRE(json.size() == 2);
  CHECK(json[0].problem == "it is longer than 1048576 bytes");
  CHECK(json[0].line == 2);
  CHECK(json[1].record);
  CHECK(json[1].line == 3);
  if (!sanitized) CHECK(peak_kilobytes() - before < 24 * 1024);
}

TEST_CASE("a bomb is defused in bounded memory, whatever packed it") {
  std::string bomb = "customer_id,allow\n";
  bomb.resize(100'000'000, ' ');  // beyond what is always allowed
  const std::string packed[] = {gzip(bomb), zstd(bomb)};
  const Files files;
  const long before = peak_kilobytes();
  for (const std::string& content : packed) {
    const std::string path = files.write("a.csv.gz", content);
    std::string error;
    try {
      read_all(*open_reader(path, {}));
    } catch (const FileError& thrown) {
      error = thrown.what();
    }
    CHECK(error.find("unpacks to more than 250 times its size") != std::string::npos);
  }
  if (!sanitized) CHECK(peak_kilobytes() - before < 24 * 1024);
}

TEST_CASE("a quoted field that does not end within a megabyte stops the file and names its line") {
  std::string error;
  rows_around("customer_id,allow,note\n1,analytics,ok\n2,analytics,\"", huge, "", &error);
  CHECK(error.find("line 3: a quotation mark opens a field here and is not closed within a megabyte") !=
        std::string::npos);
  std::string text = "customer_id,allow,note\n1,analytics,\"";
  for (int i = 0; i < 200000; ++i) text += "\n2,analytics,";
  CHECK(file_error_of("a.csv", text).find("line 2: a quotation mark") != std::string::npos);
}

TEST_CASE("a field of more than 64 KiB is an invalid row, and one of 64 KiB is not") {
  const std::string limit(max_field_bytes, 'x');
  const auto rows =
      rows_of("a.csv", "customer_id,allow,note\n1,analytics," + limit + "\n2,analytics," + limit +
                           "x\n3,analytics,\"" + limit + "\n" + limit + "\"\n4,analytics,x\n");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].record);
  CHECK(rows[1].problem == "field 3 is longer than 65536 bytes");
  CHECK(rows[2].problem == "field 3 is longer than 65536 bytes");
  CHECK(rows[3].record);
  CHECK(rows[3].line == 6);
}

TEST_CASE("a shortened source is still one row of CSV") {
  std::string marks;
  for (int i = 0; i < 60000; ++i) marks += "\"\"";
  const auto rows =
      rows_of("a.csv", "customer_id,allow,a,b,c\n1,marketing,\"" + marks + "\",\"" + marks + "\",c\n");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].source.size() <= max_source_bytes);
  CHECK(rows[0].source.size() > max_source_bytes / 2);
  const auto again = rows_of("a.csv", "customer_id,allow,a,b,c\n" + rows[0].source + "\n2,analytics,,,\n");
  REQUIRE(again.size() == 2);
  CHECK(again[1].record);
}

TEST_CASE("batches are bounded by rows and by bytes") {
  const Files files;
  std::string text = "customer_id,allow,note\n";
  for (int i = 0; i < 10000; ++i) text += "1,analytics,x\n";
  for (int i = 0; i < 100; ++i) text += "1,analytics," + std::string(60000, 'x') + "\n";
  const auto reader = open_reader(files.write("a.csv", text), {});
  std::vector<Row> batch;
  std::size_t total = 0;
  while (reader->read(batch)) {
    std::size_t bytes = 0;
    for (const Row& row : batch) bytes += row.source.size();
    CHECK(batch.size() <= batch_rows);
    CHECK(bytes <= batch_source_bytes + max_source_bytes);
    total += batch.size();
  }
  CHECK(batch.empty());
  CHECK(total == 10100);
  CHECK(reader->fingerprint().rows == 10100);
}
