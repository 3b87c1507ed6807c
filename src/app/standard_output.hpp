#pragma once

#include <string_view>

namespace consent_sync::app {

/// Prints what is told after all has been done. Nothing depends on it any more: that nobody can read it is no
/// exception, and for main() to say at the end.
void print_last(std::string_view text);

/// Whether all that was printed could be written.
bool is_output_written();

}  // namespace consent_sync::app
