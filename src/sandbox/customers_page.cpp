#include "customers_page.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace consent_sync::sandbox {
namespace {

constexpr std::int64_t default_limit = 50;
constexpr std::int64_t max_limit = 250;

struct PageRequest {
  std::optional<std::vector<std::int64_t>> ids;  ///< sorted; nothing means every customer
  std::string filter;                            ///< as in the links to other pages
  std::int64_t limit = default_limit;
  std::int64_t page = 1;
  FieldErrors errors;
};

std::vector<std::string_view> split_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

/// The id in "customer7@example.com", in upper or lower case.
std::optional<std::int64_t> id_of_email(std::string_view email) {
  constexpr std::string_view before = "customer";
  constexpr std::string_view after = "@example.com";
  std::string lower(email);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  std::string_view rest = lower;
  if (!rest.starts_with(before) || !rest.ends_with(after) || rest.size() <= before.size() + after.size()) {
    return std::nullopt;
  }
  rest.remove_prefix(before.size());
  rest.remove_suffix(after.size());
  if (rest.starts_with('0')) return std::nullopt;
  return parse_positive(rest);
}

/// Keeps those that were asked for before too: two filters both have to hold.
void restrict_to(std::vector<std::int64_t> ids, PageRequest& request) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (!request.ids) {
    request.ids = std::move(ids);
    return;
  }
  std::vector<std::int64_t> both;
  std::set_intersection(ids.begin(), ids.end(), request.ids->begin(), request.ids->end(),
                        std::back_inserter(both));
  request.ids = std::move(both);
}

void read_ids(const std::string& value, std::int64_t customer_count, PageRequest& request) {
  std::vector<std::int64_t> ids;
  for (const auto part : split_commas(value)) {
    const auto id = parse_positive(part);
    if (!id) {
      request.errors.emplace_back("id:in", "must be a list of whole numbers from 1");
      return;
    }
    if (*id <= customer_count) ids.push_back(*id);
  }
  restrict_to(std::move(ids), request);
}

void read_emails(const std::string& value, std::int64_t customer_count, PageRequest& request) {
  std::vector<std::int64_t> ids;
  for (const auto part : split_commas(value)) {
    const auto id = id_of_email(part);
    if (id && *id <= customer_count) ids.push_back(*id);
  }
  restrict_to(std::move(ids), request);
}

void read_number(const std::string& name, const std::string& value, std::int64_t& number,
                 FieldErrors& errors) {
  const auto parsed = parse_positive(value);
  if (parsed) {
    number = *parsed;
  } else {
    errors.emplace_back(name, "must be a whole number from 1");
  }
}

PageRequest read_query(const Query& query, std::int64_t customer_count) {
  PageRequest request;
  for (const auto& [name, value] : query) {
    if (name == "id:in") {
      read_ids(value, customer_count, request);
    } else if (name == "email:in") {
      read_emails(value, customer_count, request);
    } else if (name == "limit") {
      read_number(name, value, request.limit, request.errors);
      continue;
    } else if (name == "page") {
      read_number(name, value, request.page, request.errors);
      continue;
    } else {
      continue;
    }
    request.filter += fmt::format("{}={}&", name, value);
  }
  return request;
}

std::string link(std::string_view name, const PageRequest& request, std::int64_t page) {
  return fmt::format(R"("{}":{})", name,
                     json_string(fmt::format("?{}page={}&limit={}", request.filter, page, request.limit)));
}

std::string links(const PageRequest& request, std::int64_t pages) {
  std::string text;
  if (request.page > 1) text += link("previous", request, request.page - 1) + ",";
  text += link("current", request, request.page);
  if (request.page < pages) text += "," + link("next", request, request.page + 1);
  return text;
}

}  // namespace

Reply customers_page(const Route& route, std::int64_t customer_count) {
  const auto request = read_query(route.query, customer_count);
  if (!request.errors.empty()) return error_reply(422, "The query is not valid", route.path, request.errors);
  if (request.limit > max_limit) {
    return error_reply(413, "Too many customers asked for", route.path, {{"limit", "must not be above 250"}});
  }
  const auto total = request.ids ? static_cast<std::int64_t>(request.ids->size()) : customer_count;
  const auto pages = (total + request.limit - 1) / request.limit;
  // A page far beyond the last one is an empty page, whatever its number.
  const auto first = std::min(request.page - 1, pages) * request.limit;
  const auto end = std::min(total, first + request.limit);

  std::string data;
  for (auto index = first; index < end; ++index) {
    const auto id = request.ids ? (*request.ids)[static_cast<std::size_t>(index)] : index + 1;
    fmt::format_to(std::back_inserter(data), R"({}{{"id":{},"email":"customer{}@example.com"}})",
                   data.empty() ? "" : ",", id, id);
  }
  Reply reply;
  reply.body = fmt::format(
      R"({{"data":[{}],"meta":{{"pagination":{{"total":{},"count":{},"per_page":{},"current_page":{},)"
      R"("total_pages":{},"links":{{{}}}}}}}}})",
      data, total, std::max<std::int64_t>(0, end - first), request.limit, request.page, pages,
      links(request, pages));
  return reply;
}

}  // namespace consent_sync::sandbox
