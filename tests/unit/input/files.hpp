#pragma once

#include <consent_sync/input/reader.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// A directory of its own for one test's files, gone with it.
class Files {
 public:
  Files();
  ~Files();
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  /// Writes a file and gives its path.
  std::string write(const std::string& name, std::string_view content) const;

  std::string path(const std::string& name) const { return (directory_ / name).string(); }

 private:
  std::filesystem::path directory_;
};

std::string gzip(std::string_view content);
std::string zstd(std::string_view content);

/// To be read by the mapping in `yaml`.
ReaderOptions by_mapping(const std::string& yaml);

/// Every row of an input.
std::vector<Row> read_all(Reader& reader);

/// Every row of `content`, read from a file of that name.
std::vector<Row> rows_of(const std::string& name, std::string_view content,
                         const ReaderOptions& options = {});

/// The message of the FileError that reading `content` throws; "" if it throws none.
std::string file_error_of(const std::string& name, std::string_view content,
                          const ReaderOptions& options = {});

/// "allow|deny" of a row that was understood, as in "essential=allow analytics=deny"; else its problem.
std::string result_of(const Row& row);

}  // namespace consent_sync::input
