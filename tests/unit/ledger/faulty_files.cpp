#include "faulty_files.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>

namespace consent_sync::ledger::test {
namespace {

constexpr std::size_t sector = 512;

/// What SQLite sees as its file; the system's own lies behind it in the same memory.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
  FaultyFiles* owner;
  const char* path;  ///< null: a temporary file; SQLite keeps it as long as the file is open
};

struct Vfs {
  sqlite3_vfs base{};
  sqlite3_vfs* system = nullptr;
  FaultyFiles* owner = nullptr;
};
Vfs faulty;

File& as_file(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

/// Does an operation unless it is to fail with `code`.
template <class Operation>
int attempt(sqlite3_file* file, int code, Operation operation) {
  File& own = as_file(file);
  if (own.owner->begin_operation()) return own.owner->code_of(code, false);
  return operation(own.real);
}

int close(sqlite3_file* file) {
  return as_file(file).real->pMethods == nullptr ? SQLITE_OK
                                                 : as_file(file).real->pMethods->xClose(as_file(file).real);
}

/// SQLite wants the rest to be zeros.
int read_half(File& own, void* into, int size, sqlite3_int64 at) {
  std::memset(into, 0, static_cast<std::size_t>(size));
  const int result = own.real->pMethods->xRead(own.real, into, size / 2, at);
  return result == SQLITE_OK ? SQLITE_IOERR_SHORT_READ : result;
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
  File& own = as_file(file);
  if (!own.owner->begin_operation()) return own.real->pMethods->xRead(own.real, into, size, at);
  if (own.owner->failure() == Failure::short_read) return read_half(own, into, size, at);
  return SQLITE_IOERR_READ;
}

int really_write(File& own, const void* from, int size, sqlite3_int64 at) {
  const int result = own.real->pMethods->xWrite(own.real, from, size, at);
  if (result == SQLITE_OK && own.path != nullptr) {
    own.owner->written(own.path,
                       {static_cast<std::uint64_t>(at),
                        std::string(static_cast<const char*>(from), static_cast<std::size_t>(size)), false});
  }
  return result;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  File& own = as_file(file);
  if (!own.owner->begin_operation()) return really_write(own, from, size, at);
  if (own.owner->failure() == Failure::short_write) really_write(own, from, size / 2, at);
  return own.owner->code_of(SQLITE_IOERR_WRITE, true);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return attempt(file, SQLITE_IOERR_TRUNCATE, [&](sqlite3_file* real) {
    const File& own = as_file(file);
    const int result = real->pMethods->xTruncate(real, size);
    if (result == SQLITE_OK && own.path != nullptr)
      own.owner->written(own.path, {static_cast<std::uint64_t>(size), {}, true});
    return result;
  });
}

int sync(sqlite3_file* file, int) {
  return attempt(file, SQLITE_IOERR_FSYNC, [&](sqlite3_file*) {
    const File& own = as_file(file);
    if (own.path != nullptr) own.owner->synced(own.path);
    return SQLITE_OK;
  });
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return attempt(file, SQLITE_IOERR_FSTAT,
                 [&](sqlite3_file* real) { return real->pMethods->xFileSize(real, size); });
}

int lock(sqlite3_file* file, int level) {
  return attempt(file, SQLITE_IOERR_LOCK,
                 [&](sqlite3_file* real) { return real->pMethods->xLock(real, level); });
}

int unlock(sqlite3_file* file, int level) {
  return as_file(file).real->pMethods->xUnlock(as_file(file).real, level);
}

int check_lock(sqlite3_file* file, int* is_locked) {
  return attempt(file, SQLITE_IOERR_CHECKRESERVEDLOCK,
                 [&](sqlite3_file* real) { return real->pMethods->xCheckReservedLock(real, is_locked); });
}

int file_control(sqlite3_file* file, int what, void* argument) {
  return as_file(file).real->pMethods->xFileControl(as_file(file).real, what, argument);
}

int sector_size(sqlite3_file*) {
  return static_cast<int>(sector);
}

// Nothing is promised of what a power cut does to a write.
int device_characteristics(sqlite3_file*) {
  return 0;
}

int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return attempt(file, SQLITE_IOERR_SHMMAP, [&](sqlite3_file* real) {
    return real->pMethods->xShmMap(real, page, size, extend, memory);
  });
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  const auto really = [&](sqlite3_file* real) {
    return real->pMethods->xShmLock(real, offset, count, flags);
  };
  if ((flags & SQLITE_SHM_UNLOCK) != 0) return really(as_file(file).real);
  return attempt(file, SQLITE_IOERR_SHMLOCK, really);
}

void order_shared(sqlite3_file* file) {
  as_file(file).real->pMethods->xShmBarrier(as_file(file).real);
}

int unmap_shared(sqlite3_file* file, int is_last) {
  return as_file(file).real->pMethods->xShmUnmap(as_file(file).real, is_last);
}

const sqlite3_io_methods methods = [] {
  sqlite3_io_methods all{};
  all.iVersion = 2;  // no memory-mapped reading past us
  all.xClose = close;
  all.xRead = read;
  all.xWrite = write;
  all.xTruncate = truncate;
  all.xSync = sync;
  all.xFileSize = file_size;
  all.xLock = lock;
  all.xUnlock = unlock;
  all.xCheckReservedLock = check_lock;
  all.xFileControl = file_control;
  all.xSectorSize = sector_size;
  all.xDeviceCharacteristics = device_characteristics;
  all.xShmMap = map_shared;
  all.xShmLock = lock_shared;
  all.xShmBarrier = order_shared;
  all.xShmUnmap = unmap_shared;
  return all;
}();

int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  File& own = as_file(file);
  own = {{nullptr}, reinterpret_cast<sqlite3_file*>(&own + 1), faulty.owner, path};
  if (faulty.owner->begin_operation()) return faulty.owner->code_of(SQLITE_CANTOPEN, false);
  if (path != nullptr) faulty.owner->opened(path);
  const int result = faulty.system->xOpen(faulty.system, path, own.real, flags, flags_out);
  if (result == SQLITE_OK) own.base.pMethods = &methods;
  return result;
}

int remove(sqlite3_vfs*, const char* path, int sync_directory) {
  if (faulty.owner->begin_operation()) return faulty.owner->code_of(SQLITE_IOERR_DELETE, false);
  const int result = faulty.system->xDelete(faulty.system, path, sync_directory);
  if (result == SQLITE_OK) faulty.owner->removed(path);
  return result;
}

int access(sqlite3_vfs*, const char* path, int flags, int* result) {
  if (faulty.owner->begin_operation()) return faulty.owner->code_of(SQLITE_IOERR_ACCESS, false);
  return faulty.system->xAccess(faulty.system, path, flags, result);
}

int no_sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;
}

}  // namespace

FaultyFiles::FaultyFiles() : system_(sqlite3_vfs_find(nullptr)) {
  if (faulty.owner != nullptr) throw std::logic_error("only one at a time");
  faulty.system = system_;
  faulty.owner = this;
  faulty.base = *system_;
  faulty.base.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
  faulty.base.zName = "faulty";
  faulty.base.pNext = nullptr;
  faulty.base.xOpen = open;
  faulty.base.xDelete = remove;
  faulty.base.xAccess = access;
  faulty.base.xSleep = no_sleep;
  sqlite3_vfs_register(&faulty.base, 1);
}

FaultyFiles::~FaultyFiles() {
  sqlite3_vfs_register(system_, 1);
  sqlite3_vfs_unregister(&faulty.base);
  faulty.owner = nullptr;
}

void FaultyFiles::fail(std::uint64_t nth, Failure how, bool lasting) {
  heal();
  failing_ = nth;
  how_ = how;
  is_lasting_ = lasting;
}

void FaultyFiles::heal() {
  operations_ = 0;
  failing_ = 0;
  has_failed_ = false;
}

void FaultyFiles::cut_power(std::uint64_t nth, Unsynced unsynced, unsigned seed,
                            std::function<void()> on_cut) {
  heal();
  tracked_.clear();
  images_.clear();
  cut_at_ = nth;
  unsynced_ = unsynced;
  random_.seed(seed);
  on_cut_ = std::move(on_cut);
}

bool FaultyFiles::begin_operation() {
  ++operations_;
  if (operations_ == cut_at_) take_images();
  const bool fails = failing_ != 0 && (operations_ == failing_ || (is_lasting_ && operations_ > failing_));
  has_failed_ = has_failed_ || fails;
  return fails;
}

int FaultyFiles::code_of(int usual, bool is_write) const {
  return is_write && how_ != Failure::io_error ? SQLITE_FULL : usual;
}

void FaultyFiles::opened(const std::string& path) {
  if (cut_at_ == 0 || tracked_.contains(path)) return;
  std::ifstream file(path, std::ios::binary);
  tracked_[path].durable.assign(std::istreambuf_iterator<char>(file), {});
}

void FaultyFiles::written(const std::string& path, Write write) {
  if (cut_at_ != 0) tracked_[path].unsynced.push_back(std::move(write));
}

void FaultyFiles::synced(const std::string& path) {
  if (cut_at_ == 0) return;
  Tracked& file = tracked_[path];
  for (const Write& write : file.unsynced) apply(file.durable, write);
  file.unsynced.clear();
}

void FaultyFiles::apply(std::string& content, const Write& write) {
  if (write.is_cut) return content.resize(write.position);
  const std::size_t end = write.position + write.bytes.size();
  if (content.size() < end) content.resize(end);
  content.replace(write.position, write.bytes.size(), write.bytes);
}

/// A write that is kept in part is kept in whole sectors.
void FaultyFiles::take_images() {
  for (const auto& [path, file] : tracked_) {
    std::string content = file.durable;
    for (Write write : file.unsynced) {
      if (unsynced_ == Unsynced::lost) continue;
      if (unsynced_ == Unsynced::some) {
        const unsigned dice = std::uniform_int_distribution(0U, 3U)(random_);
        if (dice == 0) continue;
        if (dice == 1) write.bytes.resize(write.bytes.size() / 2 / sector * sector);
      }
      apply(content, write);
    }
    images_[path] = std::move(content);
  }
  on_cut_();
}

}  // namespace consent_sync::ledger::test
