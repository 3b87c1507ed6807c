#pragma once

#include <cstdio>
#include <memory>

namespace consent_sync::app {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Open for writing and reading, in $TMPDIR (/tmp). It has lost its name, for what people wrote must not lie
/// about.
using NamelessFile = std::unique_ptr<std::FILE, FileCloser>;

/// Throws Failure when it cannot be made.
NamelessFile make_nameless_file();

/// Throws Failure unless all that was written is in the file.
void finish_writing(std::FILE* file);

}  // namespace consent_sync::app
