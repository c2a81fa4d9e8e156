#pragma once
// A passkey in software, for tests of use cases: an ES256 key (COSE −7) that registers without an attestation
// statement and answers challenges as a browser and an authenticator together would (WebAuthn level 3,
// sections 6.3.2, 6.3.3 and 5.8.1). Its flags and its counter are the test's to set wrong.
#include "base/bytes.h"
#include "base/check.h"
#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

namespace sallyport::test {

class Authenticator {
public:
    explicit Authenticator(std::string rp_id = "accounts.northstar.example",
                           std::string origin = "https://accounts.northstar.example", std::uint8_t number = 1)
        : credential_id(32, number), m_rp_id(std::move(rp_id)), m_origin(std::move(origin)),
          m_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free)
    {
        CHECK(m_key != nullptr);
    }

    struct Registered {
        Bytes client_data_json;
        Bytes attestation_object;
    };
    struct Asserted {
        Bytes client_data_json;
        Bytes authenticator_data;
        Bytes signature;
    };

    [[nodiscard]] Registered register_with(BytesView challenge) const
    {
        const Bytes data = authenticator_data(true);
        Bytes object{0xa3, 0x63, 'f', 'm', 't', 0x64, 'n', 'o', 'n', 'e'};
        append(object, {0x67, 'a', 't', 't', 'S', 't', 'm', 't', 0xa0});
        append(object, {0x68, 'a', 'u', 't', 'h', 'D', 'a', 't', 'a', 0x58});
        CHECK(data.size() < 256);  // the head is to be as short as can be
        object.push_back(static_cast<std::uint8_t>(data.size()));
        append(object, data);
        return {client_data("webauthn.create", challenge), object};
    }

    [[nodiscard]] Asserted answer(BytesView challenge) const
    {
        Asserted asserted{client_data("webauthn.get", challenge), authenticator_data(false), {}};
        Bytes signed_over = asserted.authenticator_data;
        append(signed_over, crypto::sha256(asserted.client_data_json));
        asserted.signature = sign(signed_over);
        return asserted;
    }

    Bytes credential_id;
    Bytes aaguid = Bytes(16);  // nobody's
    bool user_present = true;
    bool user_verified = true;
    bool backup_eligible = true;
    bool backed_up = true;
    std::uint32_t counter = 0;

private:
    template <class Range>
    static void append(Bytes& out, const Range& bytes)
    {
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    static void append(Bytes& out, std::initializer_list<int> bytes)
    {
        for (const int byte : bytes) out.push_back(static_cast<std::uint8_t>(byte));
    }

    [[nodiscard]] Bytes client_data(const std::string& type, BytesView challenge) const
    {
        return to_bytes(R"({"type":")" + type + R"(","challenge":")" + to_base64url(challenge) +
                        R"(","origin":")" + m_origin + R"(","crossOrigin":false})");
    }

    [[nodiscard]] Bytes authenticator_data(bool with_credential) const
    {
        Bytes data;
        append(data, crypto::sha256(as_bytes(m_rp_id)));
        unsigned flags = with_credential ? 0x40U : 0U;
        flags |= user_present ? 0x01U : 0U;
        flags |= user_verified ? 0x04U : 0U;
        flags |= backup_eligible ? 0x08U : 0U;
        flags |= backed_up ? 0x10U : 0U;
        data.push_back(static_cast<std::uint8_t>(flags));
        for (const unsigned shift : {24U, 16U, 8U, 0U})
            data.push_back(static_cast<std::uint8_t>((counter >> shift) & 0xffU));
        if (!with_credential) return data;
        append(data, aaguid);
        data.push_back(0);
        data.push_back(static_cast<std::uint8_t>(credential_id.size()));
        append(data, credential_id);
        append(data, {0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20});
        append(data, coordinate(OSSL_PKEY_PARAM_EC_PUB_X));
        append(data, {0x22, 0x58, 0x20});
        append(data, coordinate(OSSL_PKEY_PARAM_EC_PUB_Y));
        return data;
    }

    [[nodiscard]] Bytes coordinate(const char* name) const
    {
        BIGNUM* number = nullptr;
        CHECK(EVP_PKEY_get_bn_param(m_key.get(), name, &number) == 1);
        Bytes bytes(32);
        const int written = BN_bn2binpad(number, bytes.data(), static_cast<int>(bytes.size()));
        BN_free(number);
        CHECK(written == 32);
        return bytes;
    }

    [[nodiscard]] Bytes sign(BytesView message) const
    {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              &EVP_MD_CTX_free);
        std::size_t size = 0;
        CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, m_key.get()) == 1);
        CHECK(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1);
        Bytes signature(size);
        CHECK(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1);
        signature.resize(size);
        return signature;
    }

    std::string m_rp_id;
    std::string m_origin;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> m_key;
};

}  // namespace sallyport::test
