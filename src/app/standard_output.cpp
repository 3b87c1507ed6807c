#include "standard_output.hpp"

#include <cstdio>

namespace consent_sync::app {

void print_last(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

bool is_output_written() {
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

}  // namespace consent_sync::app
