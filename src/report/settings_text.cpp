#include "settings_text.hpp"

namespace consent_sync::report {

std::vector<SettingLine> setting_lines(std::string_view settings) {
  std::vector<SettingLine> lines;
  while (!settings.empty()) {
    const std::size_t end = settings.find('\n');
    const std::string_view line = settings.substr(0, end);
    settings.remove_prefix(end == std::string_view::npos ? settings.size() : end + 1);
    if (const std::size_t colon = line.find(": "); colon != std::string_view::npos) {
      lines.push_back({line.substr(0, colon), line.substr(colon + 2)});
    }
  }
  return lines;
}

std::string_view setting_in(std::string_view settings, std::string_view key) {
  for (const SettingLine& line : setting_lines(settings)) {
    if (line.key == key) return line.value;
  }
  return "";
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
  if (text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

std::string with_files_of(std::string_view settings, std::string command) {
  std::string_view file = setting_in(settings, "job");
  if (file.empty()) file = setting_in(settings, "config");
  return file.empty() ? command : command + " -c " + shell_word(file);
}

}  // namespace consent_sync::report
