// What verifying one passkey's answer costs in CPU time: client data, authenticator data, the key's import
// from COSE and its signature, as at every sign-in.
//     webauthn COUNT
// prints "ALGORITHM cpu_us MICROSECONDS" for each.
#include "crypto/webauthn.h"
#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <ctime>
#include <iostream>
#include <string>

namespace {

using namespace sallyport;
using namespace sallyport::crypto;

double cpu_seconds()
{
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

void require(bool good)
{
    if (!good) throw std::runtime_error("OpenSSL refused");
}

struct Subject {
    const char* name;
    KeyHandle key;
    const char* digest;   // null where the signature has its own
    const char* cose;     // up to the first number
    std::size_t numbers;  // bytes of a coordinate
};

void append_numbers(const Subject& subject, Bytes& cose)
{
    Bytes raw(subject.numbers * 2 + 1);
    std::size_t size = 0;
    require(EVP_PKEY_get_octet_string_param(subject.key.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, raw.data(),
                                            raw.size(), &size) == 1 ||
            EVP_PKEY_get_raw_public_key(subject.key.get(), raw.data(), &(size = raw.size())) == 1);
    const auto length = static_cast<std::uint8_t>(subject.numbers);
    if (size == subject.numbers) {
        cose.insert(cose.end(), raw.begin(), raw.begin() + length);
        return;
    }
    cose.insert(cose.end(), raw.begin() + 1, raw.begin() + 1 + length);
    cose.insert(cose.end(), {0x22, 0x58, length});
    cose.insert(cose.end(), raw.begin() + 1 + length, raw.end());
}

void append_modulus(const Subject& subject, Bytes& cose)
{
    BIGNUM* n = nullptr;
    require(EVP_PKEY_get_bn_param(subject.key.get(), OSSL_PKEY_PARAM_RSA_N, &n) == 1);
    Bytes modulus(static_cast<std::size_t>(BN_num_bytes(n)));
    BN_bn2bin(n, modulus.data());
    BN_free(n);
    cose.insert(cose.end(), modulus.begin(), modulus.end());
    cose.insert(cose.end(), {0x21, 0x43, 0x01, 0x00, 0x01});
}

Bytes sign(const Subject& subject, BytesView message)
{
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    Bytes signature(1024);
    std::size_t size = signature.size();
    require(EVP_DigestSignInit_ex(context, nullptr, subject.digest, nullptr, nullptr, subject.key.get(),
                                  nullptr) == 1 &&
            EVP_DigestSign(context, signature.data(), &size, message.data(), message.size()) == 1);
    EVP_MD_CTX_free(context);
    signature.resize(size);
    return signature;
}

double cpu_us_of_one(const Subject& subject, int count)
{
    const Bytes challenge(32, 7);
    const std::vector<std::string> origins{"https://example.org"};
    const std::string json = R"({"type":"webauthn.get","challenge":")" + to_base64url(challenge) +
                             R"(","origin":"https://example.org","crossOrigin":false})";
    const Digest256 rp = sha256(as_bytes("example.org"));
    Bytes data(rp.begin(), rp.end());
    data.insert(data.end(), {0x1d, 0, 0, 0, 0});
    Bytes message = data;
    const Digest256 hash = sha256(as_bytes(json));
    message.insert(message.end(), hash.begin(), hash.end());
    Bytes cose = *from_hex(subject.cose);
    if (subject.numbers == 0)
        append_modulus(subject, cose);
    else
        append_numbers(subject, cose);
    const Bytes signature = sign(subject, message);
    const double before = cpu_seconds();
    for (int i = 0; i < count; ++i) {
        const auto facts =
            verify_authentication({.challenge = challenge, .rp_id = "example.org", .origins = origins},
                                  {cose, true}, {as_bytes(json), data, signature});
        if (!facts) throw std::runtime_error(std::string(name_of(facts.error())));
    }
    return (cpu_seconds() - before) * 1e6 / count;
}

void run(int count)
{
    Subject subjects[] = {
        {"ES256", KeyHandle(EVP_EC_gen("P-256")), "SHA256", "a5010203262001215820", 32},
        {"EdDSA", KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), nullptr, "a4010103272006215820",
         32},
        {"RS256", KeyHandle(EVP_RSA_gen(2048U)), "SHA256", "a401030339010020590100", 0},
        {"ES384", KeyHandle(EVP_EC_gen("P-384")), "SHA384", "a501020338222002215830", 48},
        {"ES512", KeyHandle(EVP_EC_gen("P-521")), "SHA512", "a501020338232003215842", 66},
        {"Ed448", KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")), nullptr, "a401010338342007215839",
         57},
    };
    for (const Subject& subject : subjects)
        std::cout << subject.name << " cpu_us " << cpu_us_of_one(subject, count) << '\n';
}

}  // namespace

int main(int count, char** arguments)
{
    try {
        run(count > 1 ? std::stoi(arguments[1]) : 500);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
