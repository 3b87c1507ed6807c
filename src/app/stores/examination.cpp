#include "examination.hpp"

#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include "../progress_view.hpp"
#include "../settings/deadline.hpp"
#include "exit_code_of_whole.hpp"
#include "supervision.hpp"

namespace consent_sync::app {
namespace {

using End = report::StoreResult::End;

void print_indented(std::string_view text) {
  LineSplitter lines;
  const auto print = [](std::string_view line) { fmt::print("  {}\n", line); };
  lines.add(text, print);
  lines.finish(print);
}

}  // namespace

Examination::Examination(const Config& common, const std::vector<StoreJob>& stores,
                         std::vector<std::string> arguments, Terminal& terminal)
    : common_(common),
      stores_(stores),
      arguments_(std::move(arguments)),
      terminal_(terminal),
      schedule_(stores.size(), static_cast<std::size_t>(common.stores_at_once)),
      examined_(stores.size()) {
  for (std::size_t i = 0; i < stores.size(); ++i) examined_[i].result.store = stores[i].config.store.hash;
}

std::vector<report::StoreResult> Examination::run() {
  start_due();
  io_.run();
  terminal_.status("");
  std::vector<report::StoreResult> results;
  for (Examined& examined : examined_) results.push_back(std::move(examined.result));
  return results;
}

void Examination::start_due() {
  while (const std::optional<std::size_t> store = schedule_.start_next()) start(*store);
  terminal_.status(bar_line(
      "stores", static_cast<double>(schedule_.ended()) / static_cast<double>(schedule_.total()),
      terminal_.has_unicode(), fmt::format("{} of {} examined", schedule_.ended(), schedule_.total())));
}

void Examination::start(std::size_t store) {
  Examined& examined = examined_[store];
  try {
    examined.process = std::make_unique<ChildProcess>(
        io_, arguments_for(arguments_, stores_[store].config, process_start()),
        environment_for(our_environment(), stores_[store].config, stores_),
        ChildProcess::Handlers{[this, store](std::string_view bytes) { on_error_output(store, bytes); },
                               [this, store] { on_ended(store); }});
  } catch (const std::system_error& problem) {
    if (schedule_.running().size() > 1) return schedule_.defer(store);
    examined.result.end = End::killed;
    examined.problems.push_back("its process cannot be started: " + problem.code().message());
    end(store);
  }
}

void Examination::on_error_output(std::size_t store, std::string_view bytes) {
  examined_[store].errors.add(bytes, [&](std::string_view line) { take_line(store, line); });
}

// Programs that read the log find all of it there.
void Examination::take_line(std::size_t store, std::string_view line) {
  const std::string& name = examined_[store].result.store;
  std::string word = last_word(line, common_.log.format);
  if (word.empty() || common_.log.format == LogFormat::json)
    terminal_.line(relayed(line, name, name.size(), common_.log.format));
  if (!word.empty()) examined_[store].problems.push_back(std::move(word));
}

void Examination::on_ended(std::size_t store) {
  Examined& examined = examined_[store];
  examined.errors.finish([&](std::string_view line) { take_line(store, line); });
  examined.result.end = examined.process->signal() ? End::killed : End::exited;
  examined.result.exit_code = examined.process->exit_code().value_or(0);
  examined.result.signal = examined.process->signal().value_or(0);
  if (examined.process->signal()) examined.problems.push_back(ended_by(examined.result.signal));
  end(store);
  start_due();
}

void Examination::end(std::size_t store) {
  examined_[store].has_ended = true;
  schedule_.end(store, exit_code_of(examined_[store].result));
  show_ended();
}

void Examination::show_ended() {
  terminal_.status("");
  while (shown_ < examined_.size() && examined_[shown_].has_ended) show(shown_++);
  std::fflush(stdout);
}

void Examination::show(std::size_t store) {
  const Examined& examined = examined_[store];
  fmt::print("store {} ({})\n", examined.result.store, stores_[store].where);
  if (examined.process) print_indented(examined.process->output());
  for (const std::string& problem : examined.problems) fmt::print("  PROBLEM  {}\n", problem);
}

}  // namespace consent_sync::app
