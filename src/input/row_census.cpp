#include "row_census.hpp"

#include <fmt/format.h>

#include <utility>

#include "email_text.hpp"
#include "json_memory.hpp"
#include "json_value.hpp"
#include "text.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;

namespace {

constexpr std::size_t most_columns = 400;
constexpr int deepest = 8;
constexpr std::size_t longest_category = 40;

struct Pair {
  std::string_view category;
  std::string_view value;
};

// "C0001:1,C0002:0": all of it pairs, whose values are words; nothing otherwise.
std::vector<Pair> pairs_of(std::string_view text) {
  std::vector<Pair> pairs;
  for (;;) {
    const std::size_t end = text.find(',');
    const std::string_view piece = trim(text.substr(0, end));
    const std::size_t middle = piece.find(':');
    const bool last = end == std::string_view::npos;
    if (middle != std::string_view::npos && middle > 0 && middle <= longest_category) {
      pairs.push_back({piece.substr(0, middle), piece.substr(middle + 1)});
    } else if (!piece.empty() || !last) {
      return {};
    }
    if (last) return pairs;
    text.remove_prefix(end + 1);
  }
}

std::string escaped(std::string_view key) {
  return to_pointer(name_to_keep(key));
}

}  // namespace

std::string name_to_keep(std::string_view name) {
  return std::string(has_address(name) ? hidden_name : name);
}

// nullptr for one too many.
ColumnCensus* RowCensus::find(const std::string& column) {
  auto found = index_.find(column);
  if (found == index_.end()) {
    if (columns_.size() == most_columns) {
      has_more_columns_ = true;
      return nullptr;
    }
    found = index_.emplace(column, columns_.size()).first;
    columns_.emplace_back(column);
  }
  return &columns_[found->second];
}

void RowCensus::note(const std::string& column, std::string_view value, consent::LineNumber line) {
  if (ColumnCensus* census = find(column)) census->see(value, line);
}

void RowCensus::see(const std::string& column, std::string_view value, consent::LineNumber line) {
  note(column, value, line);
  value = trim(value);
  if (value.starts_with('{')) {
    dom::element root;
    if (!fault_of_text(inner_.parse(value.data(), value.size()).get(root)))
      see_json(column + "#", root, line);
    return;
  }
  // Times have colons, too; two pairs at the least are pairs.
  if (value.find(',') != std::string_view::npos) see_pairs(column, value, line);
}

void RowCensus::see_pairs(const std::string& column, std::string_view value, consent::LineNumber line) {
  for (const Pair& pair : pairs_of(value))
    note(fmt::format("{}: {}", column, name_to_keep(pair.category)), pair.value, line);
}

void RowCensus::see_json(const std::string& pointer, dom::element value, consent::LineNumber line,
                         int depth) {
  dom::object object;
  if (!value.get_object().get(object) && depth < deepest) {
    for (const dom::key_value_pair member : object) {
      const std::string inner = member.key.empty() ? pointer + "/" : pointer + escaped(member.key);
      see_json(inner, member.value, line, depth + 1);
    }
    return;
  }
  const std::string name = pointer.empty() ? "/" : pointer;
  dom::array array;
  if (!value.get_array().get(array) && depth < deepest) {
    for (const dom::element item : array) {
      if (item.is_object()) {
        see_json(pointer + "/*", item, line, depth + 1);
      } else if (const auto text = text_of(item)) {
        note(name, *text, line);
      }
    }
    return;
  }
  if (const auto text = text_of(value)) note(name, *text, line);
}

std::vector<ColumnFacts> RowCensus::columns() const {
  std::vector<ColumnFacts> facts;
  for (const ColumnCensus& column : columns_) facts.push_back(column.facts());
  return facts;
}

}  // namespace consent_sync::input
