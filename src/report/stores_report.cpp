#include <array>

#include <consent_sync/report/report.hpp>
#include <consent_sync/report/stores.hpp>

#include "pending_file.hpp"
#include "stores_csv.hpp"
#include "stores_json.hpp"
#include "stores_page.hpp"

namespace consent_sync::report {

std::filesystem::path write_stores_report(const StoresResult& whole,
                                          const std::filesystem::path& report_dir) {
  ReportDirectory directory(report_dir, whole.id);
  PendingFile table(directory, "stores.csv");
  PendingFile page(directory, "stores.html");
  PendingFile numbers(directory, "stores.json");
  table.append(stores_csv(whole, directory.path()));
  page.append(stores_page(whole, directory.path()));
  numbers.append(stores_json(whole, directory.path()));
  const std::array<PendingFile*, 3> files{&table, &page, &numbers};
  for (PendingFile* file : files) file->complete();
  for (PendingFile* file : files) file->put_in_place();
  directory.sync();
  return directory.path();
}

}  // namespace consent_sync::report
