#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace consent_sync::report {

/// The directory of one run's report, made if need be, and held against other writers of the same report.
class ReportDirectory {
 public:
  ReportDirectory(const std::filesystem::path& root, const std::string& name);
  ~ReportDirectory();
  ReportDirectory(const ReportDirectory&) = delete;
  ReportDirectory& operator=(const ReportDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  /// A file of an earlier report that this one has no place for; it need not be there.
  void remove(const std::string& name);
  /// What was renamed in it outlives a power cut once this returns.
  void sync();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// A file that is written beside its place (NAME.tmp) and put into it when it is whole; if it never is, it
/// goes. All functions throw ReportError.
class PendingFile {
 public:
  /// `directory` outlives the file.
  PendingFile(const ReportDirectory& directory, std::string name);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  void append(std::string_view bytes);
  /// Everything is on the disk when this returns; nothing can be appended after it.
  void complete();
  /// Replaces the file of that name. Only after complete().
  void put_in_place();

 private:
  void flush();
  [[noreturn]] void fail(int error) const;

  const ReportDirectory& directory_;
  std::string name_;
  std::string temporary_name_;
  std::string buffer_;
  int descriptor_ = -1;
  std::int64_t written_ = 0;
  bool in_place_ = false;
};

}  // namespace consent_sync::report
