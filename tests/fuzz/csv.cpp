// CSV, canonical and mapped, plain or long. The first byte chooses; the rest is the file.
#include "memory_input.hpp"

namespace {

using namespace consent_sync::input;

std::shared_ptr<const Mapping> mapping_for(unsigned choice) {
  static const std::shared_ptr<const Mapping> mappings[] = {
      nullptr,
      std::make_shared<const Mapping>(
          read_mapping("customer: {id: c}\ndecisions: {pairs: g}\ncategories: {analytics: a, targeting: "
                       "{all: [b, d]}}\noptional: [d]")),
      std::make_shared<const Mapping>(read_mapping(
          "customer: {email: c}\ndecided_at: {from: t, formats: [rfc3339, epoch_ms, '%d/%m/%Y'], zone: UTC}\n"
          "decisions: {rows: {category: k, value: v}}\ncategories: {analytics: a, targeting: {any: [b, "
          "d]}}\nignored: [x]")),
      std::make_shared<const Mapping>(
          read_mapping("customer: {id: 'j#/id'}\ndecisions: {object: {field: j, percent_encoded: "
                       "true}}\ncategories: {analytics: a}\nignored: [id]\n"
                       "only_if: {key: ok, is_not: ['no']}")),
  };
  return mappings[choice % 4];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
  const char delimiter = ",;\t|"[data[0] / 4 % 4];
  ReaderOptions options;
  options.delimiter = delimiter;
  options.mapping = mapping_for(data[0]);
  if (data[0] >= 128) options.store_column = "s";
  const auto read = [&](std::size_t chunk) {
    return fuzz::read_rows([&] { return csv_reader(fuzz::open_memory(content, chunk), options); });
  };
  const std::vector<Row> rows = read(4096);
  fuzz::require_sound(rows, options);
  fuzz::require_same(rows, read(1 + data[0] % 7));
  return 0;
}
