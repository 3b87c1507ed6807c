// NDJSON or an array, canonical and mapped. The first byte chooses; the rest is the file.
#include "memory_input.hpp"

namespace {

using namespace consent_sync::input;

std::shared_ptr<const Mapping> mapping_for(unsigned choice) {
  static const std::shared_ptr<const Mapping> mappings[] = {
      nullptr,
      std::make_shared<const Mapping>(
          read_mapping("customer: {id: /u/id}\ndecided_at: at\ndecisions: {object: /c}\ncategories: "
                       "{analytics: a, targeting: {all: [b, d]}}\nabsent: deny")),
      std::make_shared<const Mapping>(
          read_mapping("customer: {id: id}\ndecisions: {entries: {in: p, category: /k, value: "
                       "/v}}\ncategories: {analytics: a}\nignored: [x]")),
      std::make_shared<const Mapping>(
          read_mapping("customer: {email: id}\ndecisions: {lists: {allow: y, deny: 's#/n'}}\ncategories: "
                       "{analytics: a, targeting: b}")),
  };
  return mappings[choice % 4];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
  ReaderOptions options;
  options.mapping = mapping_for(data[0]);
  if (data[0] >= 128) options.store_column = "/at/s";
  const auto read = [&](std::size_t chunk) {
    return fuzz::read_rows([&] { return ndjson_reader(fuzz::open_memory(content, chunk), options); });
  };
  const std::vector<Row> rows = read(4096);
  fuzz::require_sound(rows, options);
  fuzz::require_same(rows, read(1 + data[0] % 7));
  return 0;
}
