// IAB TCF consent strings.
#include "tc_string.hpp"
#include "memory_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace consent_sync::input;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string problem;
  const auto decoded = decode_tc_string(text, problem);
  fuzz::require(decoded.has_value() == problem.empty());
  if (!decoded) return 0;
  fuzz::require(decoded->purposes_consent < 1U << tc_purposes);
  // Segments after the core change nothing.
  const auto again = decode_tc_string(std::string(text) + ".YAAA", problem);
  fuzz::require(again && again->purposes_consent == decoded->purposes_consent &&
                again->last_updated == decoded->last_updated);
  return 0;
}
