#include "crypto/hash.h"

#include "base/check.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <memory>

namespace sallyport::crypto {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};

void must(int outcome, const char* what)
{
    if (outcome != 1) throw Unavailable(std::string("OpenSSL: ") + what);
}

const char* name_of(HashFunction function) noexcept
{
    switch (function) {
    case HashFunction::sha1: return "SHA1";
    case HashFunction::sha256: return "SHA256";
    case HashFunction::sha512: return "SHA512";
    }
    return "";
}

// Fetching looks the algorithm up in the providers under a lock: once for the process, a context for each
// thread.
template <HashFunction function>
EVP_MD* fetched_digest()
{
    static EVP_MD* const digest = EVP_MD_fetch(nullptr, name_of(function), nullptr);
    if (digest == nullptr) throw Unavailable("OpenSSL has no digest of that name");
    return digest;
}

template <HashFunction function, std::size_t size>
std::array<std::uint8_t, size> digest_of(BytesView data)
{
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context = [] {
        std::unique_ptr<EVP_MD_CTX, FreeContext> fresh(EVP_MD_CTX_new());
        must(fresh ? EVP_DigestInit_ex2(fresh.get(), fetched_digest<function>(), nullptr) : 0,
             "digest context");
        return fresh;
    }();
    std::array<std::uint8_t, size> out{};
    must(EVP_DigestInit_ex2(context.get(), nullptr, nullptr), "digest start");
    must(EVP_DigestUpdate(context.get(), data.data(), data.size()), "digest");
    must(EVP_DigestFinal_ex(context.get(), out.data(), nullptr), "digest end");
    return out;
}

template <HashFunction function>
EVP_MAC_CTX* hmac_context()
{
    thread_local const std::unique_ptr<EVP_MAC_CTX, FreeContext> context = [] {
        static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        std::unique_ptr<EVP_MAC_CTX, FreeContext> fresh(mac == nullptr ? nullptr : EVP_MAC_CTX_new(mac));
        std::string name = name_of(function);
        const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                                    OSSL_PARAM_construct_end()};
        must(fresh ? EVP_MAC_CTX_set_params(fresh.get(), parameters.data()) : 0, "HMAC context");
        return fresh;
    }();
    return context.get();
}

template <HashFunction function>
void hmac_into(BytesView key, BytesView data, std::span<std::uint8_t> out)
{
    EVP_MAC_CTX* const context = hmac_context<function>();
    // A null key would mean "the key of before".
    static constexpr std::uint8_t nothing = 0;
    must(EVP_MAC_init(context, key.empty() ? &nothing : key.data(), key.size(), nullptr), "HMAC start");
    must(EVP_MAC_update(context, data.data(), data.size()), "HMAC");
    std::size_t written = 0;
    must(EVP_MAC_final(context, out.data(), &written, out.size()), "HMAC end");
    CHECK(written == out.size());
}

}  // namespace

Digest256 sha256(BytesView data) { return digest_of<HashFunction::sha256, 32>(data); }
Digest160 sha1(BytesView data) { return digest_of<HashFunction::sha1, 20>(data); }

Digest256 hmac_sha256(BytesView key, BytesView data)
{
    Digest256 out{};
    hmac_into<HashFunction::sha256>(key, data, out);
    return out;
}

Bytes hmac(HashFunction function, BytesView key, BytesView data)
{
    Bytes out;
    switch (function) {
    case HashFunction::sha1:
        out.resize(20);
        hmac_into<HashFunction::sha1>(key, data, out);
        break;
    case HashFunction::sha256:
        out.resize(32);
        hmac_into<HashFunction::sha256>(key, data, out);
        break;
    case HashFunction::sha512:
        out.resize(64);
        hmac_into<HashFunction::sha512>(key, data, out);
        break;
    }
    return out;
}

Digest256 token_hash(const Secret& token) { return sha256(token.reveal()); }

}  // namespace sallyport::crypto
