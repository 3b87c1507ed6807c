// Runs a fuzz target over the files of its corpus, and over each with a byte changed, taken away or doubled
// at a place that moves through it: for compilers without libFuzzer.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& content) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
}

void run_with_changes(const std::string& content) {
  run(content);
  for (std::size_t at = 0; at < content.size(); ++at) {
    for (const char byte : {'\0', '"', '\n', ',', '{', '\xFF'}) {
      std::string changed = content;
      changed[at] = byte;
      run(changed);
    }
    run(std::string(content).erase(at, 1));
    run(std::string(content).insert(at, 1, content[at]));
    run(content.substr(0, at));
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream stream(entry.path(), std::ios::binary);
      run_with_changes({std::istreambuf_iterator<char>(stream), {}});
      ++files;
    }
  }
  std::printf("%zu files\n", files);
  return files == 0 ? 1 : 0;
}
