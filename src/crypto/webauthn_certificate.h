#pragma once
// X.509 certificates of attestation statements (RFC 5280), read by OpenSSL.
#include "base/bytes.h"
#include "base/time.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace sallyport::crypto {

struct CertificateDeleter {
    void operator()(x509_st* certificate) const noexcept;
};

struct CertificateExtension {
    bool critical = false;
    Bytes value;  ///< what the OCTET STRING holds
};

class Certificate {
public:
    /// One certificate in DER and nothing after it.
    static std::optional<Certificate> parse(BytesView der);

    [[nodiscard]] const evp_pkey_st* public_key() const noexcept;  ///< null where OpenSSL cannot read it
    [[nodiscard]] bool is_version_3() const noexcept;
    /// True where the basic constraints say so (RFC 5280 section 4.2.1.9), or an extension cannot be read.
    [[nodiscard]] bool is_authority() const noexcept;
    [[nodiscard]] bool has_subject() const noexcept;
    /// The one subject attribute of this short name ("C", "OU"); nullopt where it is missing or there are
    /// several.
    [[nodiscard]] std::optional<std::string> subject(const char* name) const;
    /// `oid` in dots; nullopt where it is missing or there twice.
    [[nodiscard]] std::optional<CertificateExtension> extension(const char* oid) const;
    [[nodiscard]] bool has_extended_key_usage(const char* oid) const;
    /// Whether a directory name among the subject's alternative names has each of these attributes, not
    /// empty.
    [[nodiscard]] bool has_directory_name(std::span<const char* const> oids) const;
    [[nodiscard]] const x509_st* handle() const noexcept { return m_certificate.get(); }

private:
    using Handle = std::unique_ptr<x509_st, CertificateDeleter>;
    explicit Certificate(Handle certificate) : m_certificate(std::move(certificate)) {}
    Handle m_certificate;
};

/// Whether `chain` (leaf first) leads to one of `anchors` (DER), each certificate valid at `now`. An anchor
/// need not be self-signed, and may be the leaf itself. One that cannot be read vouches for nothing.
bool is_anchored(std::span<const Certificate> chain, std::span<const Bytes> anchors, Instant now);

}  // namespace sallyport::crypto
