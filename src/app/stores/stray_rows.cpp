#include "stray_rows.hpp"

#include <algorithm>
#include <set>

#include <consent_sync/input/store_column.hpp>
#include <consent_sync/store/client.hpp>

namespace consent_sync::app {
namespace {

std::vector<report::StrayRows> strays_in(const Config& config, const std::vector<std::string>& names) {
  const auto& input = config.input;
  input::ReaderOptions options = input.reader;
  options.store_column = input.store_column;
  const input::StoreCensus census = input::count_stores(*input::open_reader(input.path, options), names);
  std::vector<report::StrayRows> strays;
  std::uint64_t nameless = census.unlisted;
  for (const auto& [name, rows] : census.rows) {
    const bool is_known = std::find(names.begin(), names.end(), name) != names.end();
    if (is_known || rows == 0) continue;
    // The column may be the wrong one, with addresses in it: what cannot be a store is never repeated.
    if (store::is_store_hash(name)) {
      strays.push_back({input.path, name, rows});
    } else {
      nameless += rows;
    }
  }
  if (nameless != 0) strays.push_back({input.path, "", nameless});
  return strays;
}

}  // namespace

std::vector<report::StrayRows> find_stray_rows(const std::vector<StoreJob>& stores,
                                               const std::vector<std::string>& names) {
  std::vector<report::StrayRows> all;
  std::set<std::string> seen;
  for (const StoreJob& job : stores) {
    if (job.config.input.store_column.empty() || !seen.insert(job.config.input.path).second) continue;
    try {
      for (report::StrayRows& strays : strays_in(job.config, names)) all.push_back(std::move(strays));
    } catch (const input::FileError&) {
      // Each store that reads it says so.
    }
  }
  return all;
}

}  // namespace consent_sync::app
