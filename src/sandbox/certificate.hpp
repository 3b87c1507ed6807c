#pragma once

#include <filesystem>
#include <string>

namespace consent_sync::sandbox {

/// A certificate authority of one certificate, made for this process alone; its key is thrown away. All PEM.
struct Certificate {
  std::string authority;    ///< what a client has to trust
  std::string certificate;  ///< valid for localhost, 127.0.0.1, ::1 and the host asked for
  std::string private_key;
};

/// `ip_address` is one more address for which the certificate is valid. Throws std::runtime_error when
/// OpenSSL fails.
Certificate make_certificate(const std::string& ip_address);

/// Writes beside the file and renames, so that a reader never sees half of it. Throws std::runtime_error with
/// a sentence.
void write_whole_file(const std::filesystem::path& file, const std::string& text);

}  // namespace consent_sync::sandbox
