#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "document_rows.hpp"
#include "readers.hpp"
#include "text.hpp"

namespace consent_sync::input {
namespace {

constexpr unsigned most_threads = 4;
constexpr std::size_t padding = 64;

/// Lines that wait for a thread, and the rows that it has made of them.
class Block {
 public:
  explicit Block(const Mapping* mapping) : documents_(mapping) {}

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
    text_.append(padding, '\0');
    return !lines_.empty();
  }

  void parse() {
    rows_.clear();
    rows_.reserve(lines_.size());
    for (const Placed& placed : lines_) {
      Line line;
      line.number = placed.number;
      line.text = std::string_view(text_).substr(placed.begin, placed.size);
      line.too_long = placed.too_long;
      documents_.make(
          line, [](const Line&, const std::string& why) { return why_no_object(why); }, rows_.emplace_back());
    }
  }

  void give(std::vector<Row>& rows) { rows.swap(rows_); }

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

/// Cuts the input into blocks of lines, has them parsed side by side, and gives their rows in order.
class ParallelNdjsonReader final : public BatchReader {
 public:
  ParallelNdjsonReader(OpenInput input, std::shared_ptr<const Mapping> mapping)
      : BatchReader(std::move(input), std::move(mapping)) {
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, most_threads);
    for (unsigned i = 0; i < threads; ++i) slots_.push_back({std::make_unique<Block>(this->mapping()), {}});
  }

  Format format() const override { return Format::ndjson; }
  const std::vector<std::string>& columns() const override { return names_; }

 private:
  struct Slot {
    std::unique_ptr<Block> block;
    std::future<void> parsed;  ///< of no block at the end of the input
  };

  void fill(std::vector<Row>& rows) override {
    if (!has_begun_) {
      for (Slot& slot : slots_) begin(slot);
      has_begun_ = true;
    }
    Slot& slot = slots_[next_];
    if (!slot.parsed.valid()) return;
    slot.parsed.get();
    slot.block->give(rows);
    begin(slot);
    next_ = (next_ + 1) % slots_.size();
  }

  void begin(Slot& slot) {
    if (slot.block->take(lines())) {
      slot.parsed = std::async(std::launch::async, [block = slot.block.get()] { block->parse(); });
    }
  }

  std::vector<std::string> names_ = ndjson_columns();
  std::vector<Slot> slots_;
  std::size_t next_ = 0;  ///< whose rows come next
  bool has_begun_ = false;
};

}  // namespace

std::unique_ptr<Reader> parallel_ndjson_reader(OpenInput input, std::shared_ptr<const Mapping> mapping) {
  return std::make_unique<ParallelNdjsonReader>(std::move(input), std::move(mapping));
}

}  // namespace consent_sync::input
