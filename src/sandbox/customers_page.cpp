#include "customers_page.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "customer_filter.hpp"

namespace consent_sync::sandbox {
namespace {

constexpr std::int64_t default_limit = 50;
constexpr std::int64_t max_limit = 250;

struct PageRequest {
  std::int64_t limit = default_limit;
  std::int64_t page = 1;
  std::optional<std::int64_t> after;  ///< the id that a cursor stands for
  std::optional<std::int64_t> before;

  bool by_cursor() const { return after || before; }
};

/// Places in the filtered list, `end` not included.
struct Span {
  std::int64_t first;
  std::int64_t end;
};

std::string cursor_of(std::int64_t id) {
  return fmt::format("c{:x}", id);
}

/// The id of a cursor that this list gave out; nothing for any other text.
std::optional<std::int64_t> parse_cursor(std::string_view text, std::int64_t customer_count) {
  if (!text.starts_with('c')) return std::nullopt;
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id, 16);
  if (error != std::errc() || end != text.data() + text.size() || id < 1 || id > customer_count)
    return std::nullopt;
  return id;
}

PageRequest read_page(const Query& query, std::int64_t customer_count, FieldErrors& errors) {
  PageRequest request;
  for (const auto& [name, value] : query) {
    if (name == "limit" || name == "page") {
      const auto number = parse_positive(value);
      if (!number) errors.emplace_back(name, "must be a whole number from 1");
      (name == "limit" ? request.limit : request.page) = number.value_or(1);
    } else if (name == "after" || name == "before") {
      const auto id = parse_cursor(value, customer_count);
      if (!id) errors.emplace_back(name, "is no cursor of this list");
      (name == "after" ? request.after : request.before) = id;
    }
  }
  return request;
}

Span places(const PageRequest& request, const CustomerFilter& filter) {
  const auto total = filter.size();
  if (request.before) {
    const auto end = filter.count_up_to(*request.before - 1);
    return {std::max<std::int64_t>(0, end - request.limit), end};
  }
  // A page far beyond the last one is an empty page, whatever its number.
  const auto pages_before = std::min(request.page - 1, total / request.limit + 1);
  const auto first = request.after ? filter.count_up_to(*request.after) : pages_before * request.limit;
  return {std::min(first, total), std::min(total, first + request.limit)};
}

std::string link(std::string_view name, const PageRequest& request, const CustomerFilter& filter,
                 std::int64_t page) {
  return fmt::format(R"("{}":{})", name,
                     json_string(fmt::format("?{}page={}&limit={}", filter.text(), page, request.limit)));
}

std::string pagination(const PageRequest& request, const CustomerFilter& filter, const Span& span) {
  const auto total = filter.size();
  const auto pages = (total + request.limit - 1) / request.limit;
  std::string links;
  if (request.page > 1) links += link("previous", request, filter, request.page - 1) + ",";
  links += link("current", request, filter, request.page);
  if (request.page < pages) links += "," + link("next", request, filter, request.page + 1);
  return fmt::format(
      R"("pagination":{{"total":{},"count":{},"per_page":{},"current_page":{},"total_pages":{},"links":{{{}}}}})",
      total, span.end - span.first, request.limit, request.page, pages, links);
}

std::string cursor_pagination(const PageRequest& request, const CustomerFilter& filter, const Span& span) {
  std::string cursors;
  if (span.first < span.end) {
    cursors = fmt::format(R"(,"start_cursor":"{}","end_cursor":"{}")", cursor_of(filter.at(span.first)),
                          cursor_of(filter.at(span.end - 1)));
  }
  return fmt::format(R"("cursor_pagination":{{"count":{},"per_page":{}{}}})", span.end - span.first,
                     request.limit, cursors);
}

}  // namespace

Reply customers_page(const Route& route, const AddressBook& book) {
  FieldErrors errors;
  const CustomerFilter filter(route.query, book, errors);
  const auto request = read_page(route.query, book.count(), errors);
  if (!errors.empty()) return error_reply(422, "The query is not valid", route.path, errors);
  if (request.limit > max_limit) {
    return error_reply(413, "Too many customers asked for", route.path, {{"limit", "must not be above 250"}});
  }
  const auto span = places(request, filter);
  std::string data;
  for (auto index = span.first; index < span.end; ++index) {
    const auto id = filter.at(index);
    fmt::format_to(std::back_inserter(data), R"({}{{"id":{},"email":{}}})", data.empty() ? "" : ",", id,
                   json_string(book.of(id)));
  }
  std::string meta;
  if (!request.by_cursor()) meta = pagination(request, filter, span);
  if (!request.by_cursor() && request.page == 1) meta += ',';
  if (request.by_cursor() || request.page == 1) meta += cursor_pagination(request, filter, span);
  Reply reply;
  reply.body = fmt::format(R"({{"data":[{}],"meta":{{{}}}}})", data, meta);
  return reply;
}

}  // namespace consent_sync::sandbox
