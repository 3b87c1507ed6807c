#include "metrics_export.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <system_error>

#include <prometheus/exposer.h>
#include <spdlog/spdlog.h>

namespace consent_sync::app {
namespace {

namespace fs = std::filesystem;

// Readable by all, whatever the umask says: its reader is another user. It names nobody.
std::error_code replace_file(const fs::path& path, const std::string& text) {
  const fs::path beside = path.string() + ".tmp";
  {
    std::ofstream file(beside, std::ios::trunc);
    file << text << std::flush;
    if (!file) return {errno, std::generic_category()};
  }
  std::error_code problem;
  const auto mode =
      fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read;
  fs::permissions(beside, mode, problem);
  if (!problem) fs::rename(beside, path, problem);
  return problem;
}

}  // namespace

/// What the HTTP server's threads read.
class MetricsExport::Served final : public prometheus::Collectable {
 public:
  void set(MetricsFacts facts) {
    const std::lock_guard lock(mutex_);
    facts_ = std::move(facts);
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    const std::lock_guard lock(mutex_);
    return facts_ ? metric_families(*facts_, consent::now()) : std::vector<prometheus::MetricFamily>();
  }

 private:
  mutable std::mutex mutex_;
  std::optional<MetricsFacts> facts_;
};

MetricsExport::MetricsExport(std::string file, const std::string& listen) : file_(std::move(file)) {
  if (listen.empty()) return;
  try {
    server_ = std::make_unique<prometheus::Exposer>(listen);
    served_ = std::make_shared<Served>();
    server_->RegisterCollectable(served_);
    spdlog::info("metrics are served at http://{}:{}/metrics", listen.substr(0, listen.rfind(':')),
                 server_->GetListeningPorts().front());
  } catch (const std::exception& problem) {
    spdlog::warn("metrics.listen: {} cannot be listened on ({}): metrics are not served", listen,
                 problem.what());
  }
}

MetricsExport::~MetricsExport() = default;

void MetricsExport::serve(MetricsFacts facts) {
  if (served_) served_->set(std::move(facts));
}

void MetricsExport::write(const MetricsFacts& facts) {
  if (file_.empty()) return;
  const std::error_code problem = replace_file(file_, metrics_text(facts, consent::now()));
  if (!problem || warned_) return;
  warned_ = true;
  spdlog::warn("metrics.file: {} cannot be written: {}", file_, problem.message());
}

}  // namespace consent_sync::app
