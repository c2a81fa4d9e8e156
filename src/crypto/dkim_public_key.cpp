#include "crypto/dkim_public_key.h"

#include "base/check.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <string>

namespace sallyport::crypto {

namespace {

constexpr int rsa_bits_min = 1024;
constexpr int rsa_bits_max = 4096;
constexpr std::size_t ed25519_bytes = 32;
constexpr std::size_t record_bytes_max = 4096;

struct ContextDeleter {
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
struct DigestContextDeleter {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// The value of a tag; nullopt where it is missing.
std::optional<std::string_view> tag(std::string_view record, std::string_view name)
{
    while (!record.empty()) {
        const std::size_t end = std::min(record.find(';'), record.size());
        const std::string_view pair = record.substr(0, end);
        record.remove_prefix(std::min(end + 1, record.size()));
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && trimmed(pair.substr(0, equals)) == name)
            return trimmed(pair.substr(equals + 1));
    }
    return std::nullopt;
}

/// Whether a list of names with colons between them has `name`, or "*".
bool names(std::string_view list, std::string_view name)
{
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(':'), list.size());
        const std::string_view one = trimmed(list.substr(0, end));
        if (one == name || one == "*") return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

}  // namespace

std::optional<Bytes> dkim_base64(std::string_view text)
{
    std::string url;
    url.reserve(text.size());
    std::size_t padding = 0;
    for (const char c : text) {
        if (is_space(c)) continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        if (padding > 0 || c == '-' || c == '_') return std::nullopt;
        url += c == '+' ? '-' : c == '/' ? '_' : c;
    }
    if (padding > 2 || (url.size() + padding) % 4 != 0) return std::nullopt;
    return from_base64url(url);
}

void DkimPublicKey::Deleter::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

std::optional<DkimPublicKey> DkimPublicKey::parse(std::string_view record)
{
    if (record.size() > record_bytes_max || tag(record, "v").value_or("DKIM1") != "DKIM1")
        return std::nullopt;
    if (!names(tag(record, "h").value_or("sha256"), "sha256")) return std::nullopt;
    if (!names(tag(record, "s").value_or("*"), "email")) return std::nullopt;
    const auto bytes = dkim_base64(tag(record, "p").value_or(""));
    if (!bytes || bytes->empty()) return std::nullopt;
    const std::string_view kind = tag(record, "k").value_or("rsa");
    if (kind == "ed25519") {
        if (bytes->size() != ed25519_bytes) return std::nullopt;
        Handle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes->data(), bytes->size()));
        ERR_clear_error();
        if (!key) return std::nullopt;
        return DkimPublicKey(std::move(key), Algorithm::ed25519_sha256);
    }
    if (kind != "rsa") return std::nullopt;
    const std::uint8_t* end = bytes->data();
    Handle key(d2i_PUBKEY(nullptr, &end, static_cast<long>(bytes->size())));
    ERR_clear_error();
    if (!key || end != bytes->data() + bytes->size() || EVP_PKEY_is_a(key.get(), "RSA") != 1)
        return std::nullopt;
    const int bits = EVP_PKEY_get_bits(key.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max) return std::nullopt;
    return DkimPublicKey(std::move(key), Algorithm::rsa_sha256);
}

bool DkimPublicKey::verify(const Digest256& digest, BytesView signature) const
{
    bool right = false;
    if (m_algorithm == Algorithm::ed25519_sha256) {
        const std::unique_ptr<EVP_MD_CTX, DigestContextDeleter> context(EVP_MD_CTX_new());
        if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, m_key.get()) != 1)
            throw Unavailable("OpenSSL cannot verify with the Ed25519 key");
        right = EVP_DigestVerify(context.get(), signature.data(), signature.size(), digest.data(),
                                 digest.size()) == 1;
    } else {
        const std::unique_ptr<EVP_PKEY_CTX, ContextDeleter> context(EVP_PKEY_CTX_new(m_key.get(), nullptr));
        if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
            EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
            EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1)
            throw Unavailable("OpenSSL cannot verify with the RSA key");
        right = EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(),
                                digest.size()) == 1;
    }
    ERR_clear_error();
    return right;
}

}  // namespace sallyport::crypto
