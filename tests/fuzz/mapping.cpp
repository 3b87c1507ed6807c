// Mappings: whatever is accepted means the same when it is written down again, and reads any file without
// harm.
#include "memory_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace consent_sync::input;
  const std::string yaml(reinterpret_cast<const char*>(data), size);
  std::shared_ptr<const Mapping> mapping;
  try {
    mapping = std::make_shared<const Mapping>(read_mapping(yaml));
  } catch (const MappingError&) {
    return 0;
  }
  const Mapping again = read_mapping(overlay_mapping("", yaml));
  fuzz::require(again.parts == mapping->parts && again.customer == mapping->customer &&
                again.key == mapping->key && again.allow_words == mapping->allow_words &&
                again.deny_words == mapping->deny_words && again.ignored == mapping->ignored &&
                again.decisions.form == mapping->decisions.form);
  ReaderOptions options;
  options.delimiter = ',';
  options.mapping = mapping;
  const auto csv = fuzz::read_rows([&] {
    return csv_reader(
        fuzz::open_memory("c,a,b,g,t\n1,yes,no,\"a:1,b:0\",1742579361\n2,,,\"{\"\"a\"\":true}\",x\n", 4096),
        options);
  });
  fuzz::require_sound(csv, options);
  const auto ndjson = fuzz::read_rows([&] {
    return ndjson_reader(
        fuzz::open_memory("{\"c\":1,\"a\":true,\"b\":[\"a\"],\"g\":{\"a\":1},\"t\":null}\n", 4096), options);
  });
  fuzz::require_sound(ndjson, options);
  return 0;
}
