#include "crypto/dkim_key.h"

#include "support/dkim_keys.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::crypto {
namespace {

// RFC 8463 appendix A.2: the seed and the record's key (RFC 8032 section 7.1, test 1).
constexpr const char* rfc8463_seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
constexpr const char* rfc8463_public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

Digest256 digest_of(std::string_view text) { return sha256(as_bytes(text)); }

TEST(DkimKey, PublishesTheKeyOfRfc8463)
{
    // PKCS #8 (RFC 8410 section 7): a fixed head before the seed.
    std::string seed = rfc8463_seed;
    std::ranges::replace(seed, '+', '-');
    std::ranges::replace(seed, '/', '_');
    seed.pop_back();
    const Bytes raw = *from_base64url(seed);
    Bytes der{0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
    der.insert(der.end(), raw.begin(), raw.end());
    const auto pem =
        Secret::from_text("-----BEGIN PRIVATE KEY-----\n" + to_base64(der) + "\n-----END PRIVATE KEY-----\n");
    const auto key = DkimKey::parse(pem);
    ASSERT_TRUE(key) << key.error();
    EXPECT_EQ(key->name(), "ed25519-sha256");
    EXPECT_EQ(key->record(), std::string("v=DKIM1; k=ed25519; p=") + rfc8463_public);
    EXPECT_EQ(key->sign(digest_of("a")), key->sign(digest_of("a")));
    EXPECT_NE(key->sign(digest_of("a")), key->sign(digest_of("b")));
}

TEST(DkimKey, TakesRsaOf2048To4096Bits)
{
    const auto key = DkimKey::parse(test::rsa_pem());
    ASSERT_TRUE(key) << key.error();
    EXPECT_EQ(key->name(), "rsa-sha256");
    EXPECT_EQ(key->sign(digest_of("a")).size(), 256U);
    EXPECT_EQ(key->sign(digest_of("a")), key->sign(digest_of("a")));
    EXPECT_TRUE(key->record().starts_with("v=DKIM1; k=rsa; p=MIIBI")) << key->record();
    const auto small = DkimKey::parse(test::rsa_pem(1024));
    ASSERT_FALSE(small);
    EXPECT_EQ(small.error(), "holds an RSA key of 1024 bits; it must have 2048 to 4096");
}

TEST(DkimKey, RefusesWhatSignsNoMail)
{
    EXPECT_EQ(DkimKey::parse(test::p256_pem()).error(), "holds a key that is neither RSA nor Ed25519");
    const Secret whole = test::rsa_pem();
    for (const std::size_t kept : {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 40}) {
        const auto cut = DkimKey::parse(Secret::from_text(whole.reveal_text().substr(0, kept)));
        ASSERT_FALSE(cut) << kept;
        EXPECT_EQ(cut.error(), "holds no private key in PEM, or one with a password");
    }
}

TEST(DkimKey, RefusesAKeyWithAPasswordWithoutAsking)
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(2048), EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    const std::string word = "open sesame";
    ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), word.data(),
                                            static_cast<int>(word.size()), nullptr, nullptr),
              1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    const auto parsed = DkimKey::parse(Secret::from_text({text, static_cast<std::size_t>(size)}));
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error(), "holds no private key in PEM, or one with a password");
}

}  // namespace
}  // namespace sallyport::crypto
