// Published vectors, read from SALLYPORT_VECTORS (by default ../shared/vectors beside the source). What fits
// in a few lines is repeated in the other tests of this room, so that they hold without the folder.
#include "crypto/hash.h"
#include "crypto/jws.h"
#include "crypto/password_hash.h"
#include "crypto/test_random.h"
#include "crypto/totp.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <sodium.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace sallyport::crypto {
namespace {

namespace json = boost::json;

std::filesystem::path folder()
{
    const char* const named = std::getenv("SALLYPORT_VECTORS");
    if (named != nullptr && *named != '\0') return named;
    return std::filesystem::path(SALLYPORT_SOURCE_FOLDER) / ".." / "shared" / "vectors";
}

class PublishedVectors : public testing::Test {
protected:
    void SetUp() override
    {
        if (std::filesystem::exists(folder())) return;
        std::cerr << "\n*** NO PUBLISHED VECTORS: set SALLYPORT_VECTORS. Looked in " << folder()
                  << " ***\n\n";
        GTEST_SKIP() << "the folder of published vectors is absent";
    }
    static json::value read(const std::string& name)
    {
        std::ifstream file(folder() / name);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        return json::parse(text);
    }
    static std::string text(const json::value& object, const char* name)
    {
        return std::string(object.at(name).as_string());
    }
    static Bytes hex(const json::value& object, const char* name) { return *from_hex(text(object, name)); }

    /// Calls `check(group, row, valid)` for each row and gives how many there were.
    template <class Check>
    static int for_each_row(const json::value& file, Check check)
    {
        int rows = 0;
        for (const json::value& group : file.at("testGroups").as_array()) {
            for (const json::value& row : group.at("tests").as_array()) {
                SCOPED_TRACE(row.at("tcId").as_int64());
                check(group, row, text(row, "result") == "valid");
                ++rows;
            }
        }
        return rows;
    }
    static void check_hmac(const std::string& name, HashFunction function, int expected_rows)
    {
        const int rows =
            for_each_row(read(name), [&](const json::value& group, const json::value& row, bool valid) {
                Bytes tag = hmac(function, hex(row, "key"), hex(row, "msg"));
                tag.resize(static_cast<std::size_t>(group.at("tagSize").as_int64() / 8));
                EXPECT_EQ(tag == hex(row, "tag"), valid);
            });
        EXPECT_EQ(rows, expected_rows);
    }
};

TEST_F(PublishedVectors, WycheproofHmac)
{
    check_hmac("wycheproof/hmac_sha256_test.json", HashFunction::sha256, 174);
    check_hmac("wycheproof/hmac_sha1_test.json", HashFunction::sha1, 170);
}

// Sealer draws its own nonce and adds its header, so the rows go to the function that it calls.
TEST_F(PublishedVectors, WycheproofXChaCha20Poly1305)
{
    ASSERT_GE(sodium_init(), 0);
    int tried = 0;
    for_each_row(read("wycheproof/xchacha20_poly1305_test.json"), [&](const json::value& group,
                                                                      const json::value& row, bool valid) {
        if (group.at("ivSize").as_int64() != 192) {
            EXPECT_FALSE(valid);  // the function takes no other nonce
            return;
        }
        const Bytes key = hex(row, "key"), nonce = hex(row, "iv"), data = hex(row, "aad"),
                    expected = hex(row, "msg");
        Bytes box = hex(row, "ct");
        const Bytes tag = hex(row, "tag");
        box.insert(box.end(), tag.begin(), tag.end());
        Bytes plain(expected.size());
        const int opened =
            crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, box.data(), box.size(),
                                                       data.data(), data.size(), nonce.data(), key.data());
        EXPECT_EQ(opened == 0 && plain == expected, valid);
        ++tried;
        if (!valid) return;
        Bytes sealed(box.size());
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), nullptr, expected.data(), expected.size(),
                                                   data.data(), data.size(), nullptr, nonce.data(),
                                                   key.data());
        EXPECT_EQ(sealed, box);
    });
    EXPECT_GT(tried, 250);
}

TEST_F(PublishedVectors, WycheproofEd25519)
{
    ASSERT_GE(sodium_init(), 0);
    const int rows =
        for_each_row(read("wycheproof/ed25519_test.json"), [](const json::value& group,
                                                              const json::value& row, bool valid) {
            const Bytes key = hex(group.at("publicKey"), "pk"), message = hex(row, "msg"),
                        signature = hex(row, "sig");
            const bool verified = signature.size() == crypto_sign_ed25519_BYTES &&
                                  crypto_sign_ed25519_verify_detached(signature.data(), message.data(),
                                                                      message.size(), key.data()) == 0;
            EXPECT_EQ(verified, valid);
        });
    EXPECT_EQ(rows, 151);
}

// No row of these two files is EdDSA: ours refuses all 401 and 26, the good ones of other algorithms too.
TEST_F(PublishedVectors, WycheproofJwsAndJwkAreAllRefused)
{
    TestRandom random;
    const JwsSigner signer(KeyRing::generate(random));
    const auto refuse = [&](const json::value&, const json::value& row, bool) {
        const json::value& jws = row.at("jws");
        const std::string token = jws.is_string() ? std::string(jws.as_string()) : json::serialize(jws);
        EXPECT_FALSE(verify_jws(token, signer.public_keys()).has_value());
    };
    EXPECT_EQ(for_each_row(read("wycheproof/json_web_signature_test.json"), refuse), 401);
    EXPECT_EQ(for_each_row(read("wycheproof/json_web_key_test.json"), refuse), 26);
}

TEST_F(PublishedVectors, CookbookEdDsa)
{
    const json::value file = read("jose/rfc7520/curve25519/jws.json");
    JwsPublicKey key{};
    const auto x = from_base64url(text(file.at("input").at("key"), "x"));
    ASSERT_TRUE(x.has_value() && x->size() == key.bytes.size());
    std::ranges::copy(*x, key.bytes.begin());
    const JwsPublicKey keys[] = {key};
    EXPECT_EQ(verify_jws(text(file.at("output"), "compact"), keys), text(file.at("input"), "payload"));
    const json::value others = read("jose/rfc-examples.json");
    EXPECT_EQ(key.thumbprint(), text(others.at("thumbprint_rfc8037_A3"), "published"));
}

TEST_F(PublishedVectors, Argon2)
{
    int tried = 0;
    int refused = 0;
    for (const json::value& row : read("argon2/phc-argon2id-hashwasm.json").at("cases").as_array()) {
        const auto hash = PasswordHash::parse(text(row, "phc"));
        if (!hash) {
            EXPECT_NE(text(row, "phc").find(",p=4$"), std::string::npos);
            ++refused;
            continue;
        }
        const HashInput input{Secret::from_text(text(row, "password_utf8"))};
        const bool has_secret = row.as_object().contains("secret_utf8");  // which libsodium cannot take
        EXPECT_EQ(argon2id_matches(input, *hash), !has_secret) << text(row, "phc");
        ++tried;
    }
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(tried, 5);
}

TEST_F(PublishedVectors, Otp)
{
    const json::value file = read("otp/rfc4226-rfc6238.json");
    int rows = 0;
    for (const json::value& row : file.at("hotp").as_array()) {
        EXPECT_EQ(code_at_step(Secret::from_text(text(row, "secret_ascii")), row.at("counter").as_int64()),
                  text(row, "code"));
        ++rows;
    }
    for (const json::value& row : file.at("totp").as_array()) {
        const std::string algorithm = text(row, "algorithm");
        TotpParameters parameters{HashFunction::sha1, static_cast<unsigned>(row.at("digits").as_int64()),
                                  static_cast<unsigned>(row.at("period").as_int64())};
        if (algorithm == "SHA256") parameters.function = HashFunction::sha256;
        if (algorithm == "SHA512") parameters.function = HashFunction::sha512;
        const std::int64_t step = step_of(from_unix_ms(row.at("time").as_int64() * 1000), parameters);
        const Secret secret(*from_base32(text(row, "secret_base32")));
        EXPECT_EQ(code_at_step(secret, step, parameters), text(row, "code"));
        ++rows;
    }
    EXPECT_EQ(rows, 28);
}

TEST_F(PublishedVectors, KeyUris)
{
    for (const json::value& row : read("otp/keyuri-examples.json").at("cases").as_array()) {
        const auto key = parse_otpauth(text(row, "uri"));
        ASSERT_TRUE(key.has_value()) << text(row, "uri");
        EXPECT_EQ(key->issuer, text(row, "issuer"));
        EXPECT_EQ(key->account, text(row, "label"));
        EXPECT_EQ(Bytes(key->secret.reveal().begin(), key->secret.reveal().end()), hex(row, "secret_hex"));
    }
}

}  // namespace
}  // namespace sallyport::crypto
