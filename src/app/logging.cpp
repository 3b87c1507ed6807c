#include "logging.hpp"

#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::app {
namespace {

std::string run_in_log;

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto time = std::chrono::floor<std::chrono::milliseconds>(message.time);
    const auto level = spdlog::level::to_string_view(message.level);
    fmt::format_to(std::back_inserter(out), R"({{"time":"{}","level":"{}",)", consent::to_rfc3339(time),
                   std::string_view(level.data(), level.size()));
    if (!run_in_log.empty()) fmt::format_to(std::back_inserter(out), R"("run":{},)", json_string(run_in_log));
    fmt::format_to(std::back_inserter(out), R"("message":{}}})",
                   json_string({message.payload.data(), message.payload.size()}));
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

}  // namespace

void start_logging(const Config& config, Terminal& terminal) {
  auto sink = std::make_shared<TerminalSink>(terminal);
  auto logger = std::make_shared<spdlog::logger>("consent-sync", sink);
  logger->set_level(spdlog::level::from_str(config.log.level));
  if (config.log.format == LogFormat::json) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l: %v",
                                                                      spdlog::pattern_time_type::utc, ""));
  }
  spdlog::set_default_logger(std::move(logger));
}

void log_for_run(const std::string& run_id) {
  run_in_log = run_id;
}

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace consent_sync::app
