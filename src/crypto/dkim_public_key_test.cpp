#include "crypto/dkim_public_key.h"

#include "crypto/dkim_key.h"
#include "support/dkim_keys.h"

#include <gtest/gtest.h>

namespace sallyport::crypto {
namespace {

TEST(DkimPublicKey, VerifiesWhatTheOtherHalfSigned)
{
    const Digest256 digest = sha256(as_bytes("a mail"));
    const Digest256 other = sha256(as_bytes("another mail"));
    std::vector<DkimPublicKey> keys;
    std::vector<Secret> pems;
    pems.push_back(test::rsa_pem());
    pems.push_back(test::ed25519_pem());
    for (const Secret& pem : pems) {
        const auto signing = DkimKey::parse(pem);
        ASSERT_TRUE(signing.has_value());
        auto key = DkimPublicKey::parse(signing->record());
        ASSERT_TRUE(key.has_value());
        Bytes signature = signing->sign(digest);
        EXPECT_TRUE(key->verify(digest, signature));
        EXPECT_FALSE(key->verify(other, signature));
        signature[3] ^= 1U;
        EXPECT_FALSE(key->verify(digest, signature));
        EXPECT_FALSE(key->verify(digest, {}));
        signature.push_back(0);
        EXPECT_FALSE(key->verify(digest, signature));
        keys.push_back(std::move(*key));
    }
    EXPECT_EQ(keys[0].algorithm(), DkimPublicKey::Algorithm::rsa_sha256);
    EXPECT_EQ(keys[1].algorithm(), DkimPublicKey::Algorithm::ed25519_sha256);
}

TEST(DkimPublicKey, ReadsRecordsAndNothingElse)
{
    const std::string good = DkimKey::parse(test::ed25519_pem())->record();
    const std::string point = good.substr(good.find("p=") + 2);
    for (const std::string& record : {good, "k=ed25519;p=" + point, " p = " + point + " ; k = ed25519 ;",
                                      "v=DKIM1; h=sha1:sha256; s=email; t=y; k=ed25519; n=note; p=" + point,
                                      "k=ed25519; p=" + point.substr(0, 9) + " \t" + point.substr(9)})
        EXPECT_TRUE(DkimPublicKey::parse(record).has_value()) << record;
    for (const std::string& record :
         {std::string(), std::string("v=DKIM1; k=ed25519; p="), "v=DKIM2; k=ed25519; p=" + point,
          "k=rsa; p=" + point, "k=dsa; p=" + point, "k=ed25519; p=" + point + "AAAA",
          "k=ed25519; h=sha1; p=" + point, "k=ed25519; s=web; p=" + point, std::string("k=ed25519; p=****"),
          good + std::string(5000, ' ')})
        EXPECT_FALSE(DkimPublicKey::parse(record).has_value()) << record;
}

TEST(DkimPublicKey, ShortKeysAreNone)
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> made(EVP_RSA_gen(512), EVP_PKEY_free);
    std::uint8_t* der = nullptr;
    const int size = i2d_PUBKEY(made.get(), &der);
    ASSERT_GT(size, 0);
    const std::string record =
        "v=DKIM1; k=rsa; p=" + to_base64(BytesView(der, static_cast<std::size_t>(size)));
    OPENSSL_free(der);
    EXPECT_FALSE(DkimPublicKey::parse(record).has_value());
}

TEST(DkimBase64, IsStrictButForWhiteSpace)
{
    EXPECT_EQ(dkim_base64(" TW \r\n Fu "), to_bytes("Man"));
    EXPECT_EQ(dkim_base64("TWE="), to_bytes("Ma"));
    EXPECT_EQ(dkim_base64("+/+/"), (Bytes{0xfb, 0xff, 0xbf}));
    EXPECT_EQ(dkim_base64(""), Bytes());
    for (const char* bad : {"TWF", "TWE", "-_-_", "TW=E", "T===", "TWFu====", "TW*u"})
        EXPECT_FALSE(dkim_base64(bad).has_value()) << bad;
}

}  // namespace
}  // namespace sallyport::crypto
