#include "crypto/dkim_key.h"

#include "base/check.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace sallyport::crypto {

namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 4096;  // a verifier need take no more (RFC 8301 section 3.2)
constexpr std::size_t ed25519_bytes = 32;

struct BioDeleter {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
struct ContextDeleter {
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
struct DigestContextDeleter {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

/// An encrypted key asks nobody: there is no terminal to ask at.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

Bytes sign_rsa(EVP_PKEY* key, const Digest256& digest)
{
    const std::unique_ptr<EVP_PKEY_CTX, ContextDeleter> context(EVP_PKEY_CTX_new(key, nullptr));
    std::size_t size = 0;
    bool good = context && EVP_PKEY_sign_init(context.get()) == 1;
    good = good && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1;
    good = good && EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1;
    good = good && EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()) == 1;
    Bytes signature(size);
    good = good && EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1;
    if (!good) throw Unavailable("OpenSSL cannot sign with the RSA key");
    signature.resize(size);
    return signature;
}

Bytes sign_ed25519(EVP_PKEY* key, const Digest256& digest)
{
    const std::unique_ptr<EVP_MD_CTX, DigestContextDeleter> context(EVP_MD_CTX_new());
    Bytes signature(2 * ed25519_bytes);
    std::size_t size = signature.size();
    bool good = context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1;
    good = good && EVP_DigestSign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1;
    if (!good) throw Unavailable("OpenSSL cannot sign with the Ed25519 key");
    return signature;
}

}  // namespace

void DkimKey::Deleter::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

Result<DkimKey, std::string> DkimKey::parse(const Secret& pem)
{
    const BytesView bytes = pem.reveal();
    const std::unique_ptr<BIO, BioDeleter> bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
    Handle key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr) : nullptr);
    ERR_clear_error();
    if (!key) return failure(std::string("holds no private key in PEM, or one with a password"));
    if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) return DkimKey(std::move(key), Algorithm::ed25519_sha256);
    if (EVP_PKEY_is_a(key.get(), "RSA") != 1)
        return failure(std::string("holds a key that is neither RSA nor Ed25519"));
    const int bits = EVP_PKEY_get_bits(key.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max)
        return failure("holds an RSA key of " + std::to_string(bits) + " bits; it must have 2048 to 4096");
    return DkimKey(std::move(key), Algorithm::rsa_sha256);
}

std::string_view DkimKey::name() const noexcept
{
    return m_algorithm == Algorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256";
}

Bytes DkimKey::sign(const Digest256& digest) const
{
    return m_algorithm == Algorithm::rsa_sha256 ? sign_rsa(m_key.get(), digest)
                                                : sign_ed25519(m_key.get(), digest);
}

std::string DkimKey::record() const
{
    if (m_algorithm == Algorithm::ed25519_sha256) {
        Bytes raw(ed25519_bytes);
        std::size_t size = raw.size();
        CHECK(EVP_PKEY_get_raw_public_key(m_key.get(), raw.data(), &size) == 1);
        return "v=DKIM1; k=ed25519; p=" + to_base64(raw);
    }
    const int size = i2d_PUBKEY(m_key.get(), nullptr);
    CHECK(size > 0);
    Bytes der(static_cast<std::size_t>(size));
    std::uint8_t* end = der.data();
    CHECK(i2d_PUBKEY(m_key.get(), &end) == size);
    return "v=DKIM1; k=rsa; p=" + to_base64(der);
}

}  // namespace sallyport::crypto
