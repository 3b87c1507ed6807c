// Times reading an input as the program does, and the bare parse of the same file by the library beneath it:
//
//   bench_input FILE csv|ndjson ROUNDS [MAPPING]
//
// Prints one line: seconds of the program's reading and of the bare parse, the processor's seconds of both
// (of all threads; each the best of ROUNDS, taken in turn), rows, and bytes once unpacked. The bare parse
// reads in the same blocks, unpacks by zlib itself, hands libcsv each block, or simdjson (DOM) each line, and
// only counts.
#include <csv.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <consent_sync/input/reader.hpp>

namespace {

using namespace consent_sync;

constexpr std::size_t block = 256 * 1024;

struct Counts {
  std::uint64_t rows = 0;
  std::uint64_t fields = 0;
  std::uint64_t bytes = 0;
};

/// Calls `use` with each block of the unpacked file; zlib reads what is not packed as it is.
template <class Use>
void for_each_block(const std::string& path, Use use) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw std::runtime_error("cannot open " + path);
  gzbuffer(file.get(), block);
  std::vector<char> buffer(block);
  for (;;) {
    const int got = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
    if (got < 0) throw std::runtime_error("cannot read " + path);
    if (got == 0) return;
    use(buffer.data(), static_cast<std::size_t>(got));
  }
}

Counts bare_libcsv(const std::string& path) {
  Counts counts;
  csv_parser parser{};
  csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
  const auto field = [](void*, std::size_t, void* all) { ++static_cast<Counts*>(all)->fields; };
  const auto row = [](int, void* all) { ++static_cast<Counts*>(all)->rows; };
  for_each_block(path, [&](char* data, std::size_t size) {
    counts.bytes += size;
    if (csv_parse(&parser, data, size, field, row, &counts) != size) throw std::runtime_error("libcsv fails");
  });
  csv_fini(&parser, field, row, &counts);
  csv_free(&parser);
  return counts;
}

/// One line after another, out of a buffer that does not grow: nothing is paid for but reading and parsing.
Counts bare_simdjson(const std::string& path) {
  Counts counts;
  simdjson::dom::parser parser;
  std::vector<char> buffer(2 * block + simdjson::SIMDJSON_PADDING);
  std::size_t filled = 0;
  for_each_block(path, [&](char* data, std::size_t size) {
    counts.bytes += size;
    std::memcpy(buffer.data() + filled, data, size);
    filled += size;
    const char* line = buffer.data();
    const char* const end = line + filled;
    while (const void* stop = std::memchr(line, '\n', static_cast<std::size_t>(end - line))) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(stop) - line);
      if (parser.parse(line, length, false).error()) throw std::runtime_error("simdjson fails");
      ++counts.rows;
      line += length + 1;
    }
    filled = static_cast<std::size_t>(end - line);
    std::memmove(buffer.data(), line, filled);
  });
  return counts;
}

std::uint64_t read_as_the_program(const std::string& path, const input::ReaderOptions& options) {
  const auto reader = input::open_reader(path, options);
  std::vector<input::Row> rows;
  std::uint64_t count = 0;
  while (reader->read(rows)) {
    for (const input::Row& row : rows) {
      if (!row.problem.empty()) throw std::runtime_error("invalid row: " + row.problem);
    }
    count += rows.size();
  }
  return count;
}

/// Seconds on the clock and of the processor. The latter hardly depend on what else the machine does.
struct Cost {
  double wall = 1e9;
  double cpu = 1e9;

  template <class Work>
  void take(Work work) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();
    work();
    cpu = std::min(cpu, static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC);
    wall = std::min(wall, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return EXIT_FAILURE;
  const std::string path = argv[1];
  const bool is_csv = std::string_view(argv[2]) == "csv";
  input::ReaderOptions options;
  options.format = is_csv ? input::Format::csv : input::Format::ndjson;
  if (argc > 4) options.mapping = std::make_shared<const input::Mapping>(input::read_mapping(argv[4]));
  Cost ours;
  Cost bare;
  std::uint64_t rows = 0;
  Counts counts;
  for (int round = 0; round < std::atoi(argv[3]); ++round) {
    bare.take([&] { counts = is_csv ? bare_libcsv(path) : bare_simdjson(path); });
    ours.take([&] { rows = read_as_the_program(path, options); });
  }
  fmt::print("{} {} {} {} {} {}\n", ours.wall, bare.wall, ours.cpu, bare.cpu, rows, counts.bytes);
  return EXIT_SUCCESS;
}
