#include "store_choice.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../exit_code.hpp"
#include "values.hpp"

namespace consent_sync::app {
namespace {

constexpr std::size_t most_named = 20;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void require_known(const std::vector<StoreEntry>& stores, const std::string& name, std::string_view flag) {
  std::vector<std::string_view> known;
  known.reserve(stores.size());
  for (const StoreEntry& entry : stores) known.push_back(entry.hash);
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const std::string_view meant = closest(name, known);
  throw Failure(ExitCode::usage,
                fmt::format("{}: there is no store {}{} (there are {})", flag, name,
                            meant.empty() ? "" : fmt::format("; did you mean {}?", meant), names_of(stores)));
}

}  // namespace

std::vector<StoreEntry> chosen(const std::vector<StoreEntry>& stores, const StoreChoice& choice) {
  if (stores.empty()) {
    throw Failure(ExitCode::usage,
                  "--store and --only-store choose among several stores, and no file names any under "
                  "stores: --store-hash names the only one");
  }
  for (const std::string& name : choice.only) require_known(stores, name, "--only-store");
  if (!choice.one.empty()) require_known(stores, choice.one, "--store");
  std::vector<StoreEntry> meant;
  for (const StoreEntry& entry : stores) {
    const bool is_meant = choice.one.empty() ? choice.only.empty() || contains(choice.only, entry.hash)
                                             : entry.hash == choice.one;
    if (is_meant) meant.push_back(entry);
  }
  return meant;
}

std::string names_of(const std::vector<StoreEntry>& stores) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < std::min(stores.size(), most_named); ++i) names.push_back(stores[i].hash);
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  if (stores.size() > most_named) text += fmt::format(" and {} more", stores.size() - most_named);
  return text;
}

}  // namespace consent_sync::app
