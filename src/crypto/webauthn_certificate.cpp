#include "crypto/webauthn_certificate.h"

#include "base/check.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string_view>

namespace sallyport::crypto {

namespace {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Free(object);
    }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

void free_certificates(STACK_OF(X509) * list) { sk_X509_free(list); }
void free_usages(EXTENDED_KEY_USAGE* usages) { EXTENDED_KEY_USAGE_free(usages); }

Owned<ASN1_OBJECT, ASN1_OBJECT_free> object_of(const char* oid)
{
    Owned<ASN1_OBJECT, ASN1_OBJECT_free> object(OBJ_txt2obj(oid, 0));
    if (!object) throw Unavailable("memory for an object identifier");
    return object;
}

BytesView content_of(const ASN1_STRING* text)
{
    return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

bool has_attribute(const X509_NAME* name, const char* oid)
{
    const auto object = object_of(oid);
    const int at = X509_NAME_get_index_by_OBJ(name, object.get(), -1);
    if (at < 0) return false;
    return !content_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))).empty();
}

/// Parsed extensions are cached in the certificate, which OpenSSL therefore does not take as const.
X509* mutable_of(const X509* certificate) { return const_cast<X509*>(certificate); }

}  // namespace

void CertificateDeleter::operator()(X509* certificate) const noexcept { X509_free(certificate); }

std::optional<Certificate> Certificate::parse(BytesView der)
{
    const unsigned char* at = der.data();
    Handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
    if (!certificate || at != der.data() + der.size()) return std::nullopt;
    return Certificate(std::move(certificate));
}

const EVP_PKEY* Certificate::public_key() const noexcept
{
    const EVP_PKEY* const key = X509_get0_pubkey(m_certificate.get());
    ERR_clear_error();
    return key;
}

bool Certificate::is_version_3() const noexcept
{
    return X509_get_version(m_certificate.get()) == X509_VERSION_3;
}

bool Certificate::is_authority() const noexcept
{
    const std::uint32_t flags = X509_get_extension_flags(m_certificate.get());
    ERR_clear_error();
    return (flags & (EXFLAG_CA | EXFLAG_INVALID)) != 0;
}

bool Certificate::has_subject() const noexcept
{
    return X509_NAME_entry_count(X509_get_subject_name(m_certificate.get())) > 0;
}

std::optional<std::string> Certificate::subject(const char* name) const
{
    const int nid = OBJ_txt2nid(name);
    CHECK(nid != NID_undef);
    const X509_NAME* const subject = X509_get_subject_name(m_certificate.get());
    const int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, nid, at) >= 0) return std::nullopt;
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    ERR_clear_error();
    if (size < 0) return std::nullopt;
    std::string out(as_text(BytesView(text, static_cast<std::size_t>(size))));
    OPENSSL_free(text);
    return out;
}

std::optional<CertificateExtension> Certificate::extension(const char* oid) const
{
    const auto object = object_of(oid);
    const int at = X509_get_ext_by_OBJ(m_certificate.get(), object.get(), -1);
    if (at < 0 || X509_get_ext_by_OBJ(m_certificate.get(), object.get(), at) >= 0) return std::nullopt;
    X509_EXTENSION* const found = X509_get_ext(m_certificate.get(), at);
    const BytesView value = content_of(X509_EXTENSION_get_data(found));
    return CertificateExtension{X509_EXTENSION_get_critical(found) == 1, Bytes(value.begin(), value.end())};
}

bool Certificate::has_extended_key_usage(const char* oid) const
{
    const auto wanted = object_of(oid);
    const Owned<EXTENDED_KEY_USAGE, free_usages> usages(static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(m_certificate.get(), NID_ext_key_usage, nullptr, nullptr)));
    ERR_clear_error();
    for (int i = 0; usages && i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
        if (OBJ_cmp(sk_ASN1_OBJECT_value(usages.get(), i), wanted.get()) == 0) return true;
    }
    return false;
}

bool Certificate::has_directory_name(std::span<const char* const> oids) const
{
    const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(m_certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
    ERR_clear_error();
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DIRNAME) continue;
        if (std::ranges::all_of(oids,
                                [&](const char* oid) { return has_attribute(name->d.directoryName, oid); }))
            return true;
    }
    return false;
}

bool is_anchored(std::span<const Certificate> chain, std::span<const Bytes> anchors, Instant now)
{
    if (chain.empty() || anchors.empty()) return false;
    const Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
    const Owned<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
    const Owned<STACK_OF(X509), free_certificates> others(sk_X509_new_null());
    if (!store || !context || !others) throw Unavailable("memory for a chain");
    for (const Bytes& der : anchors) {
        const auto anchor = Certificate::parse(der);
        if (anchor) X509_STORE_add_cert(store.get(), mutable_of(anchor->handle()));
    }
    for (const Certificate& certificate : chain.subspan(1)) {
        if (sk_X509_push(others.get(), mutable_of(certificate.handle())) == 0)
            throw Unavailable("memory for a chain");
    }
    if (X509_STORE_CTX_init(context.get(), store.get(), mutable_of(chain.front().handle()), others.get()) !=
        1)
        throw Unavailable("memory for a chain");
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_CTX_set_time(context.get(), 0, static_cast<time_t>(to_unix_seconds(now)));
    const bool good = X509_verify_cert(context.get()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace sallyport::crypto
