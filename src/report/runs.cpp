#include <consent_sync/report/runs.hpp>

#include <array>
#include <ostream>
#include <string>

#include "csv.hpp"
#include "json_writer.hpp"

namespace consent_sync::report {
namespace {

struct Field {
  std::string_view name;
  std::string value;
  bool is_number = false;
};

std::array<Field, 13> fields_of(const RunLine& line) {
  const ledger::Run& run = line.run;
  return {{{"run", run.id},
           {"kind", std::string(to_string(run.mode))},
           {"store", run.store},
           {"state", std::string(line.state)},
           {"started", consent::to_rfc3339(run.started_at)},
           {"ended", run.ended_at ? consent::to_rfc3339(*run.ended_at) : ""},
           {"exit_code", run.exit_code ? std::to_string(*run.exit_code) : "", true},
           {"rows", std::to_string(line.rows.total()), true},
           {"changes", std::to_string(line.changes), true},
           {"problems", std::to_string(line.rows.of_class(consent::OutcomeClass::problem)), true},
           {"unfinished", std::to_string(line.rows.of_class(consent::OutcomeClass::unfinished)), true},
           {"plan", run.plan},
           {"undoes", run.undoes}}};
}

void write_header_of_runs(std::ostream& out) {
  const char* before = "";
  for (const Field& field : fields_of({ledger::Run(), "", ledger::OutcomeCounts()})) {
    out << before << field.name;
    before = ",";
  }
  out << '\n';
}

void write_csv_line(const RunLine& line, std::ostream& out) {
  const char* before = "";
  for (const Field& field : fields_of(line)) {
    out << before << csv_cell(field.value);
    before = ",";
  }
  out << '\n';
}

void write_json_line(const RunLine& line, std::ostream& out) {
  char before = '{';
  for (const Field& field : fields_of(line)) {
    if (field.value.empty()) continue;
    out << before << '"' << field.name << "\":" << (field.is_number ? field.value : json_text(field.value));
    before = ',';
  }
  out << "}\n";
}

}  // namespace

void write_runs(const std::vector<RunLine>& runs, HistoryFormat format, std::ostream& out) {
  if (format == HistoryFormat::csv) write_header_of_runs(out);
  for (const RunLine& line : runs) {
    if (format == HistoryFormat::csv) {
      write_csv_line(line, out);
    } else {
      write_json_line(line, out);
    }
  }
}

}  // namespace consent_sync::report
