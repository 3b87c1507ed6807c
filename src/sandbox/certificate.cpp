#include "certificate.hpp"

#include <unistd.h>

#include <fstream>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace consent_sync::sandbox {
namespace {

template <auto free_function>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Free<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Free<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

constexpr long hour = 3600;
constexpr long year = 365 * 24 * hour;

void check(bool worked, const char* step) {
  if (!worked)
    throw std::runtime_error(fmt::format("The sandbox's certificate could not be made ({}).", step));
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  check(key != nullptr, "key");
  return key;
}

void add_extension(X509& certificate, X509& issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  check(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, "extension");
}

X509Ptr start_certificate(EVP_PKEY& key, const char* common_name) {
  X509Ptr certificate(X509_new());
  check(certificate != nullptr, "memory");
  std::uint64_t serial = 0;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "random serial");
  auto* subject = X509_get_subject_name(certificate.get());
  const auto* name = reinterpret_cast<const unsigned char*>(common_name);
  check(X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
            ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U) == 1 &&
            X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -hour) != nullptr &&
            X509_gmtime_adj(X509_getm_notAfter(certificate.get()), year) != nullptr &&
            X509_set_pubkey(certificate.get(), &key) == 1 &&
            X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1,
        "fields");
  return certificate;
}

void sign(X509& certificate, X509& issuer, EVP_PKEY& issuer_key) {
  check(X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer)) == 1 &&
            X509_sign(&certificate, &issuer_key, EVP_sha256()) > 0,
        "signature");
}

X509Ptr make_authority(EVP_PKEY& key) {
  auto authority = start_certificate(key, "consent-sync sandbox authority");
  add_extension(*authority, *authority, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(*authority, *authority, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(*authority, *authority, NID_subject_key_identifier, "hash");
  sign(*authority, *authority, key);
  return authority;
}

X509Ptr make_leaf(EVP_PKEY& key, const std::string& ip_address, X509& authority, EVP_PKEY& authority_key) {
  auto leaf = start_certificate(key, "localhost");
  add_extension(*leaf, authority, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*leaf, authority, NID_key_usage, "critical,digitalSignature");
  add_extension(*leaf, authority, NID_ext_key_usage, "serverAuth");
  add_extension(*leaf, authority, NID_subject_key_identifier, "hash");
  add_extension(*leaf, authority, NID_authority_key_identifier, "keyid:always");
  add_extension(*leaf, authority, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1,IP:" + ip_address);
  sign(*leaf, authority, authority_key);
  return leaf;
}

template <typename Write>
std::string to_pem(Write write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  check(bio && write(bio.get()) == 1, "PEM");
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string certificate_pem(X509& certificate) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, &certificate); });
}

}  // namespace

Certificate make_certificate(const std::string& ip_address) {
  const auto authority_key = make_key();
  const auto authority = make_authority(*authority_key);
  const auto key = make_key();
  const auto leaf = make_leaf(*key, ip_address, *authority, *authority_key);

  Certificate result;
  result.authority = certificate_pem(*authority);
  result.certificate = certificate_pem(*leaf);
  result.private_key = to_pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return result;
}

void write_whole_file(const std::filesystem::path& file, const std::string& text) {
  namespace fs = std::filesystem;
  auto beside = file;
  beside += fmt::format(".{}.new", getpid());
  std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  std::error_code error;
  if (stream) {
    using fs::perms;
    fs::permissions(beside, perms::owner_read | perms::owner_write | perms::group_read | perms::others_read,
                    error);
    if (!error) fs::rename(beside, file, error);
    if (!error) return;
  }
  std::error_code ignored;
  fs::remove(beside, ignored);
  throw std::runtime_error(
      fmt::format("The file {} cannot be written{}. Check that its directory exists and can be written to.",
                  file.string(), error ? ": " + error.message() : ""));
}

}  // namespace consent_sync::sandbox
