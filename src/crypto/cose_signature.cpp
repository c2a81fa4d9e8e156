#include "crypto/cose_signature.h"

#include "base/check.h"
#include "crypto/sodium_start.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <string_view>
#include <utility>

namespace sallyport::crypto {

namespace {

struct ContextDeleter {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

struct Scheme {
    const char* key_type;
    const char* group;   // of ECDSA
    const char* digest;  // none where the signature has its own
};

Scheme parts_of(SignatureScheme scheme)
{
    switch (scheme) {
    case SignatureScheme::ecdsa_p256: return {"EC", "prime256v1", "SHA256"};
    case SignatureScheme::ecdsa_p384: return {"EC", "secp384r1", "SHA384"};
    case SignatureScheme::ecdsa_p521: return {"EC", "secp521r1", "SHA512"};
    case SignatureScheme::ed25519: return {"ED25519", nullptr, nullptr};
    case SignatureScheme::ed448: return {"ED448", nullptr, nullptr};
    case SignatureScheme::rsa_sha256: return {"RSA", nullptr, "SHA256"};
    case SignatureScheme::rsa_sha1: return {"RSA", nullptr, "SHA1"};
    }
    std::unreachable();
}

bool is_for(const Scheme& scheme, const EVP_PKEY& key)
{
    if (EVP_PKEY_is_a(&key, scheme.key_type) != 1) return false;
    if (std::string_view(scheme.key_type) == "RSA") {
        const int bits = EVP_PKEY_get_bits(&key);
        return bits >= static_cast<int>(rsa_bits_min) && bits <= static_cast<int>(rsa_bits_max);
    }
    if (scheme.group == nullptr) return true;
    char name[32] = {};
    std::size_t size = 0;
    return EVP_PKEY_get_group_name(&key, name, sizeof name, &size) == 1 &&
           std::string_view(name, size) == scheme.group;
}

/// Digests are fetched once; OpenSSL 3 would look each one up by name at every call.
const EVP_MD* digest_of(const Scheme& scheme)
{
    if (scheme.digest == nullptr) return nullptr;
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
    static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    const std::string_view name = scheme.digest;
    if (name == "SHA256") return sha256;
    if (name == "SHA384") return sha384;
    return name == "SHA512" ? sha512 : sha1;
}

}  // namespace

SignatureScheme scheme_of(CoseAlgorithm algorithm) noexcept
{
    switch (algorithm) {
    case CoseAlgorithm::es256: return SignatureScheme::ecdsa_p256;
    case CoseAlgorithm::es384: return SignatureScheme::ecdsa_p384;
    case CoseAlgorithm::es512: return SignatureScheme::ecdsa_p521;
    case CoseAlgorithm::eddsa: return SignatureScheme::ed25519;
    case CoseAlgorithm::ed448: return SignatureScheme::ed448;
    case CoseAlgorithm::rs256: return SignatureScheme::rsa_sha256;
    }
    std::unreachable();
}

bool verify_signature(SignatureScheme scheme, const EVP_PKEY& key, BytesView message, BytesView signature)
{
    const Scheme parts = parts_of(scheme);
    if (signature.size() > signature_bytes_max || !is_for(parts, key)) return false;
    const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
    if (!context) throw Unavailable("memory for a signature's context");
    auto* const mutable_key = const_cast<EVP_PKEY*>(&key);  // OpenSSL counts references in it
    bool good = EVP_DigestVerifyInit(context.get(), nullptr, digest_of(parts), nullptr, mutable_key) == 1;
    good = good && EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                                    message.size()) == 1;
    ERR_clear_error();
    return good;
}

bool verify_ed25519(BytesView key, BytesView message, BytesView signature)
{
    start_sodium();
    return key.size() == crypto_sign_ed25519_PUBLICKEYBYTES &&
           signature.size() == crypto_sign_ed25519_BYTES &&
           crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                               key.data()) == 0;
}

}  // namespace sallyport::crypto
