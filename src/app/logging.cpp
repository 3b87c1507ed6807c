#include "logging.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <simdjson.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::app {
namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l: %v";

/// What every line says of the process; threads other than the main one log, too.
class RunName {
 public:
  void set(const std::string& id) {
    const std::lock_guard lock(mutex_);
    id_ = id;
  }
  std::string get() {
    const std::lock_guard lock(mutex_);
    return id_;
  }

 private:
  std::mutex mutex_;
  std::string id_;
};

RunName& run_name() {
  static RunName name;
  return name;
}

// Logging is synchronous: the formatter runs on the thread that logs.
thread_local const LogFields* fields_of_line = nullptr;

std::string fields_json(const LogFields& fields) {
  std::string text;
  if (fields.row) text += fmt::format(R"("row":{},)", *fields.row);
  if (!fields.customer.empty()) text += fmt::format(R"("customer":"{}",)", fields.customer);
  if (!fields.outcome.empty()) text += fmt::format(R"("outcome":"{}",)", fields.outcome);
  if (fields.exit_code) text += fmt::format(R"("exit_code":{},)", *fields.exit_code);
  return text;
}

std::string json_line(spdlog::log_clock::time_point when, std::string_view level, const LogFields& fields,
                      std::string_view message) {
  const std::string run = run_name().get();
  return fmt::format(R"({{"time":"{}","level":"{}",{}{}"message":{}}})",
                     consent::to_rfc3339(std::chrono::floor<std::chrono::milliseconds>(when)), level,
                     run.empty() ? "" : fmt::format(R"("run":{},)", json_string(run)), fields_json(fields),
                     json_string(message));
}

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string line =
        json_line(message.time, {level.data(), level.size()}, fields_of_line ? *fields_of_line : LogFields(),
                  {message.payload.data(), message.payload.size()});
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

class TerminalSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit TerminalSink(Terminal& terminal) : terminal_(terminal) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    terminal_.line({line.data(), line.size()});
  }
  void flush_() override {}

  Terminal& terminal_;
};

spdlog::level::level_enum level_of(const Config& config) {
  const auto level = spdlog::level::from_str(config.log.level);
  return config.quiet ? std::max(level, spdlog::level::warn) : level;
}

}  // namespace

void start_logging(const Config& config, Terminal& terminal) {
  auto sink = std::make_shared<TerminalSink>(terminal);
  auto logger = std::make_shared<spdlog::logger>("consent-sync", sink);
  logger->set_level(level_of(config));
  if (config.log.format == LogFormat::json) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_formatter(
        std::make_unique<spdlog::pattern_formatter>(text_pattern, spdlog::pattern_time_type::utc, ""));
  }
  spdlog::set_default_logger(std::move(logger));
}

void log_for_run(const std::string& run_id) {
  run_name().set(run_id);
}

void log_with(spdlog::level::level_enum level, const LogFields& fields, const std::string& message) {
  fields_of_line = &fields;
  spdlog::log(level, "{}", message);
  fields_of_line = nullptr;
}

void log_fatal(const Config& config, Terminal& terminal, ExitCode code, const std::string& sentence) {
  if (config.log.format == LogFormat::text) {
    terminal.line("consent-sync: " + sentence);
    return;
  }
  LogFields fields;
  fields.exit_code = static_cast<int>(code);
  terminal.line(json_line(spdlog::log_clock::now(), "critical", fields, sentence));
}

std::string json_string(std::string_view text) {
  const bool is_utf8 = simdjson::validate_utf8(text.data(), text.size());
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
    } else {
      quoted += byte >= 0x80 && !is_utf8 ? '?' : c;
    }
  }
  return quoted + '"';
}

}  // namespace consent_sync::app
