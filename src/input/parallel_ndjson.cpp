#include <algorithm>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "document_rows.hpp"
#include "json_padding.hpp"
#include "readers.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

// More threads than cores: while the rows of one are taken and it is given new lines, the others go on.
constexpr unsigned threads_per_core = 2;
constexpr unsigned most_threads = 8;

/// Rows were another core's before they came here. The next one's memory is sent for while one is made: its
/// writes would be waited for.
void send_for(const std::vector<Row>& rows, std::size_t index) {
  constexpr std::size_t cache_line = 64;
  if (index + 1 >= rows.size()) return;
  const char* const text = rows[index].source.data();
  for (std::size_t at = 0; at < 2; ++at) {
    __builtin_prefetch(text + at * cache_line, 1);
    __builtin_prefetch(reinterpret_cast<const char*>(&rows[index + 1]) + at * cache_line, 1);
  }
}

/// Lines that wait for a thread, and the rows that it has made of them.
class Block {
 public:
  Block(const Mapping* mapping, const std::string& store_column) : documents_(mapping, store_column) {}

  /// Copies the next lines; false at the end.
  bool take(LineReader& from) {
    lines_.clear();
    text_.clear();
    Line line;
    while (lines_.size() < batch_rows && text_.size() < batch_source_bytes && from.next(line)) {
      if (trim(line.text).empty()) continue;
      lines_.push_back({line.number, text_.size(), line.text.size(), line.too_long});
      text_ += line.text;
    }
    text_.append(json_padding, '\0');
    return !lines_.empty();
  }

  void parse() {
    const DocumentRows::Judge judge = [](const Line&, const std::string& why) { return why_no_object(why); };
    rows_.resize(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      send_for(rows_, i + 1);
      const Placed& placed = lines_[i];
      Line line;
      line.number = placed.number;
      line.text = std::string_view(text_).substr(placed.begin, placed.size);
      line.too_long = placed.too_long;
      documents_.make(line, judge, rows_[i]);
    }
  }

  void swap(std::vector<Row>& rows) { rows.swap(rows_); }

 private:
  struct Placed {
    consent::LineNumber number;
    std::size_t begin;
    std::size_t size;
    bool too_long;
  };

  DocumentRows documents_;
  std::string text_;
  std::vector<Placed> lines_;
  std::vector<Row> rows_;
};

/// A thread that does the same work again and again, each time it is told to. It lives as long as the reader:
/// a thread's memory goes with it, and would have to be asked for anew.
class Worker {
 public:
  explicit Worker(std::function<void()> work) : work_(std::move(work)), thread_([this] { run(); }) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void begin() {
    const std::lock_guard lock(mutex_);
    is_busy_ = true;
    changed_.notify_all();
  }

  /// Waits for what was begun. Throws what the work threw.
  void finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !is_busy_; });
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return is_busy_ || is_closing_; });
      if (is_closing_) return;
      lock.unlock();
      std::exception_ptr failure = attempt();
      lock.lock();
      failure_ = failure;
      is_busy_ = false;
      changed_.notify_all();
    }
  }

  std::exception_ptr attempt() {
    try {
      work_();
      return nullptr;
    } catch (...) {
      return std::current_exception();
    }
  }

  const std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_busy_ = false;
  bool is_closing_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

/// Cuts the input into blocks of lines, has them parsed side by side, and gives their rows in order.
class ParallelNdjsonReader final : public BatchReader {
 public:
  ParallelNdjsonReader(OpenInput input, const ReaderOptions& options)
      : BatchReader(std::move(input), options) {
    const unsigned threads =
        std::clamp(threads_per_core * std::thread::hardware_concurrency(), 1U, most_threads);
    for (unsigned i = 0; i < threads; ++i)
      slots_.push_back(std::make_unique<Slot>(mapping(), options.store_column));
  }

  Format format() const override { return Format::ndjson; }
  const std::vector<std::string>& columns() const override { return names_; }

 private:
  struct Slot {
    Slot(const Mapping* mapping, const std::string& store_column)
        : block(mapping, store_column), worker([this] { block.parse(); }) {}

    Block block;
    bool has_rows = false;  ///< or will have, once the worker is done
    Worker worker;
  };

  void fill(std::vector<Row>& rows) override {
    if (!has_begun_) {
      for (const auto& slot : slots_) begin(*slot);
      has_begun_ = true;
    } else {
      // Rows go back to the thread that made them: its core may hold their memory still.
      Slot& last = *slots_[(next_ + slots_.size() - 1) % slots_.size()];
      last.block.swap(rows);
      begin(last);
    }
    Slot& slot = *slots_[next_];
    if (!slot.has_rows) return rows.clear();
    slot.worker.finish();
    slot.block.swap(rows);
    next_ = (next_ + 1) % slots_.size();
  }

  void begin(Slot& slot) {
    slot.has_rows = slot.block.take(lines());
    if (slot.has_rows) slot.worker.begin();
  }

  std::vector<std::string> names_ = ndjson_columns();
  std::vector<std::unique_ptr<Slot>> slots_;
  std::size_t next_ = 0;  ///< whose rows come next
  bool has_begun_ = false;
};

}  // namespace

std::unique_ptr<Reader> parallel_ndjson_reader(OpenInput input, const ReaderOptions& options) {
  return std::make_unique<ParallelNdjsonReader>(std::move(input), options);
}

}  // namespace consent_sync::input
