#include "pending_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <consent_sync/report/report.hpp>

namespace consent_sync::report {
namespace {

constexpr std::size_t buffer_size = 1024 * 1024;
constexpr mode_t owner_only_directory = 0700;
constexpr mode_t owner_only_file = 0600;

[[noreturn]] void fail_at(const std::filesystem::path& path, int error) {
  throw ReportError(
      fmt::format("cannot write the report at \"{}\": {}. The run itself is safe in the ledger: put this "
                  "right, then write "
                  "the report again with \"consent-sync report\".",
                  path.string(), std::generic_category().message(error)));
}

void make_directory(int parent, const std::filesystem::path& path) {
  if (mkdirat(parent, path.c_str(), owner_only_directory) != 0 && errno != EEXIST) fail_at(path, errno);
}

void sync_directory(int descriptor, const std::filesystem::path& path) {
  // EINVAL: this kind of file system has no flushing of directories.
  if (fsync(descriptor) != 0 && errno != EINVAL) fail_at(path, errno);
}

int open_root(const std::filesystem::path& root) {
  std::error_code error;
  if (root.has_parent_path()) std::filesystem::create_directories(root.parent_path(), error);
  if (error) fail_at(root, error.value());
  make_directory(AT_FDCWD, root);
  const int descriptor = open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail_at(root, errno);
  return descriptor;
}

}  // namespace

ReportDirectory::ReportDirectory(const std::filesystem::path& root, const std::string& name)
    : path_(root / name) {
  const int root_descriptor = open_root(root);
  const int made = mkdirat(root_descriptor, name.c_str(), owner_only_directory);
  int error = made != 0 && errno != EEXIST ? errno : 0;
  if (error == 0) {
    descriptor_ = openat(root_descriptor, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor_ < 0) error = errno;
  }
  if (error == 0 && made == 0 && fsync(root_descriptor) != 0 && errno != EINVAL) error = errno;
  close(root_descriptor);
  while (error == 0 && flock(descriptor_, LOCK_EX) != 0) {
    if (errno != EINTR) error = errno;
  }
  if (error == 0) return;
  if (descriptor_ >= 0) close(descriptor_);
  fail_at(path_, error);
}

ReportDirectory::~ReportDirectory() {
  close(descriptor_);
}

void ReportDirectory::remove(const std::string& name) {
  if (unlinkat(descriptor_, name.c_str(), 0) != 0 && errno != ENOENT) fail_at(path_ / name, errno);
}

void ReportDirectory::sync() {
  sync_directory(descriptor_, path_);
}

PendingFile::PendingFile(const ReportDirectory& directory, std::string name)
    : directory_(directory), name_(std::move(name)), temporary_name_(name_ + ".tmp") {
  // A leftover of a writer that died: a living one would hold the directory.
  unlinkat(directory_.descriptor(), temporary_name_.c_str(), 0);
  descriptor_ = openat(directory_.descriptor(), temporary_name_.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_only_file);
  if (descriptor_ < 0) fail(errno);
}

PendingFile::~PendingFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!in_place_) unlinkat(directory_.descriptor(), temporary_name_.c_str(), 0);
}

void PendingFile::append(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= buffer_size) flush();
}

void PendingFile::complete() {
  flush();
  if (fsync(descriptor_) != 0) fail(errno);
  if (close(std::exchange(descriptor_, -1)) != 0) fail(errno);
}

void PendingFile::put_in_place() {
  const int directory = directory_.descriptor();
  if (renameat(directory, temporary_name_.c_str(), directory, name_.c_str()) != 0) fail(errno);
  in_place_ = true;
}

void PendingFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) fail(errno);
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  // The disk may begin now with what complete() will wait for. Only a hint: some file systems do not take it.
  sync_file_range(descriptor_, written_, static_cast<std::int64_t>(buffer_.size()), SYNC_FILE_RANGE_WRITE);
  written_ += static_cast<std::int64_t>(buffer_.size());
  buffer_.clear();
}

void PendingFile::fail(int error) const {
  fail_at(directory_.path() / name_, error);
}

}  // namespace consent_sync::report
