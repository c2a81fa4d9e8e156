#pragma once
// The key of a trusted browser in software, as WebCrypto makes it: ECDSA with P-256, the point uncompressed,
// signatures as r || s. Needs OpenSSL.
#include "base/bytes.h"
#include "base/check.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

namespace sallyport::test {

class BrowserKey {
public:
    BrowserKey() : m_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free)
    {
        CHECK(m_key != nullptr);
    }
    [[nodiscard]] Bytes point() const
    {
        Bytes out{0x04};
        for (const char* const name : {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y}) {
            BIGNUM* number = nullptr;
            CHECK(EVP_PKEY_get_bn_param(m_key.get(), name, &number) == 1);
            append(out, number);
            BN_free(number);
        }
        return out;
    }
    [[nodiscard]] Bytes sign(const std::string& text) const
    {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              &EVP_MD_CTX_free);
        const BytesView message = as_bytes(text);
        std::size_t size = 0;
        CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, m_key.get()) == 1);
        CHECK(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1);
        Bytes der(size);
        CHECK(EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size()) == 1);
        const unsigned char* from = der.data();
        ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(size));
        CHECK(signature != nullptr);
        Bytes out;
        append(out, ECDSA_SIG_get0_r(signature));
        append(out, ECDSA_SIG_get0_s(signature));
        ECDSA_SIG_free(signature);
        return out;
    }

private:
    static void append(Bytes& out, const BIGNUM* number)
    {
        constexpr int coordinate_bytes = 32;
        Bytes bytes(coordinate_bytes);
        CHECK(BN_bn2binpad(number, bytes.data(), coordinate_bytes) == coordinate_bytes);
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> m_key;
};

}  // namespace sallyport::test
