#include "man_page.hpp"

#include <set>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "../settings/settings.hpp"
#include "../version.hpp"

namespace consent_sync::app {
namespace {

/// Text as roff takes it: nothing in it is a request or an escape, and hyphens can be copied.
std::string roff(const std::string& text) {
  std::string out;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
    at_line_start = c == '\n';
  }
  return out;
}

std::string bold(const std::string& text) {
  return "\\fB" + roff(text) + "\\fR";
}

std::string flag_entry(const FlagHelp& flag) {
  std::string names = flag.short_name.empty() ? "" : bold(flag.short_name) + ", ";
  names += bold(flag.long_name);
  if (!flag.metavar.empty()) names += " \\fI" + roff(flag.metavar) + "\\fR";
  return fmt::format(".TP\n{}\n{}\n", names, roff(flag.help));
}

std::string entry(const std::string& key, const std::string& text) {
  return fmt::format(".TP\n{}\n{}\n", bold(key), roff(text));
}

std::string synopsis_of(const CommandHelp& command) {
  std::string text = command.name;
  for (const ArgumentHelp& argument : command.arguments) {
    text += argument.is_required ? " " + argument.name : " [" + argument.name + "]";
  }
  return text;
}

std::set<std::string> setting_flags() {
  std::set<std::string> flags;
  for (const Setting& setting : settings()) flags.insert(flag_of(setting));
  return flags;
}

std::string command_section(const CommandHelp& command, const std::set<std::string>& shared) {
  std::string text = fmt::format(".SS {}\n{}\n", roff(synopsis_of(command)), roff(command.help));
  bool has_settings = false;
  for (const ArgumentHelp& argument : command.arguments) text += entry(argument.name, argument.help);
  for (const FlagHelp& flag : command.flags) {
    const bool is_setting = shared.contains(flag.long_name);
    has_settings = has_settings || is_setting;
    if (!is_setting && flag.long_name != "--help" && flag.long_name != "--config") text += flag_entry(flag);
  }
  if (has_settings) text += ".PP\nTakes settings; see SETTINGS.\n";
  return text;
}

/// The command that takes all settings says how their flags look.
std::string settings_section(const std::vector<CommandHelp>& commands, const std::set<std::string>& shared) {
  const CommandHelp& widest = commands.front();
  std::string text =
      ".SH SETTINGS\nEach has one name in three places: as a key of the configuration file (rate.share), as "
      "a flag, and as an "
      "environment variable, which stands in brackets. Flags win over the environment, the environment over "
      "a job file, a "
      "job file over the configuration file.\n";
  std::string group;
  for (const FlagHelp& flag : widest.flags) {
    if (!shared.contains(flag.long_name) && flag.long_name != "--config") continue;
    if (flag.group != group) text += fmt::format(".SS {}\n", roff(flag.group));
    group = flag.group;
    text += flag_entry(flag);
  }
  return text;
}

std::string as_it_stands(const std::string& text) {
  return ".nf\n" + roff(text) + (text.ends_with('\n') ? "" : "\n") + ".fi\n";
}

constexpr const char* files_section = R"(.SH FILES
.TP
.I consent\-sync.yaml
The configuration file, where \fB\-\-config\fR names no other.
.TP
.I consent\-sync.db
The ledger: what was confirmed, and how each run went. Its \-wal, \-shm and .lock files belong to it.
.TP
.I postgresql://USER@HOST/DATABASE
In place of that file, a ledger for many machines (\fBwork\fR); its tables are made on first use.
.TP
.I reports/RUN/
The report of a run: report.html for people, summary.md for a ticket, summary.json for programs (its JSON Schema is
.I share/consent\-sync/summary.schema.json
beside the program), outcomes.csv with a line for each row (or another format, \fB\-\-report\-outcomes\fR), windows.csv with a
line for each window of the quota, and rejected.csv (of NDJSON: rejected.ndjson) with the rows that ended as a problem and
their reasons. Once mended, the latter is an input for the same settings. A cell that a spreadsheet would run as a formula has
an apostrophe before it there, which is taken away again when the file is read.
.TP
.I reports/ID/stores.html
Over many stores (\fBstores\fR in a job or the configuration file): the report of the whole, with stores.csv and stores.json (its JSON
Schema is
.I share/consent\-sync/stores.schema.json
beside the program). The reports of each store are in reports/STORE/RUN/.
.SH ENVIRONMENT
Each setting has a variable of its own; \fB\-\-help\fR of a command names them. And:
.TP
.B PGPASSWORD, PGPASSFILE
The password of a ledger in PostgreSQL (else ~/.pgpass), and libpq's other variables.
.TP
.B TMPDIR
With a ledger in PostgreSQL, where plans are staged and sorted, in files without a name (/tmp).
.TP
.B HTTPS_PROXY, NO_PROXY
The proxy through which stores and web hooks are reached, and what is reached without.
.TP
.B CREDENTIALS_DIRECTORY
Where \fBstore.token_credential\fR looks.
.SH EXAMPLES
.TP
See what an import would do:
.B consent\-sync sync customers.csv \-\-dry\-run
.TP
Do it; the same command goes on after an interruption:
.B consent\-sync sync customers.csv
.TP
Finish a run that was interrupted, its input gone:
.B consent\-sync resume
.TP
Take a run back, where nobody has changed anything since:
.B consent\-sync undo 20261124T050000Z\-3f9ac2
.TP
Every night, by cron:
.B 17 2 * * * cd /srv/consent && consent\-sync run jobs/nightly\-sync.yaml
.TP
Many stores, of which two now:
.B consent\-sync run jobs/many\-stores.yaml \-\-only\-store abc123 \-\-only\-store def456
.TP
Many stores, on each of several machines:
.B consent\-sync work jobs/many\-stores.yaml \-\-batch 2026\-11\-28
.TP
Try everything on:
.B consent\-sync sandbox
)";

}  // namespace

std::string man_page(const std::vector<CommandHelp>& commands, const std::string& summary) {
  const std::set<std::string> shared = setting_flags();
  std::string page = fmt::format(
      ".TH CONSENT\\-SYNC 1 \"\" \"consent\\-sync {}\" \"User Commands\"\n.SH NAME\nconsent\\-sync \\- carry "
      "customers' "
      "cookie\\-consent choices into a BigCommerce store\n.SH SYNOPSIS\n",
      version);
  for (const CommandHelp& command : commands) {
    page += fmt::format("{}.B consent\\-sync\n{} [\\fIflags\\fR]\n",
                        &command == &commands.front() ? "" : ".br\n", roff(synopsis_of(command)));
  }
  page += ".SH DESCRIPTION\n" + roff(summary) + "\n.SH COMMANDS\n";
  for (const CommandHelp& command : commands) page += command_section(command, shared);
  page += settings_section(commands, shared);
  page += ".SH EXIT STATUS\n" + as_it_stands(exit_code_help());
  for (const CommandHelp& command : commands) {
    if (command.footer != exit_code_help() && !command.footer.empty()) {
      page += fmt::format(".SH NOTES\n.SS {}\n", roff(command.name)) + as_it_stands(command.footer);
    }
  }
  return page + files_section;
}

}  // namespace consent_sync::app
