#include "crypto/jws.h"

#include "crypto/test_random.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>

namespace sallyport::crypto {
namespace {

// RFC 8037 appendix A.
const char* const rfc_seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const char* const rfc_x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const char* const rfc_compact =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

JwsPublicKey rfc_key()
{
    JwsPublicKey key{};
    std::ranges::copy(*from_base64url(rfc_x), key.bytes.begin());
    return key;
}

KeyRing ring_of_rfc()
{
    TestRandom random;
    std::string text(KeyRing::generate(random).file_text().reveal_text());
    text.replace(text.find("jws.1 = ") + 8, 43, rfc_seed);
    return std::move(*KeyRing::parse(text, "keys"));
}

std::string compact(std::string_view header, std::string_view payload, std::string_view signature)
{
    return to_base64url(as_bytes(header)) + "." + to_base64url(as_bytes(payload)) + "." +
           std::string(signature);
}

/// A right signature by the RFC's key under whatever header.
std::string sign_with_header(std::string_view header, std::string_view payload)
{
    std::string input = to_base64url(as_bytes(header)) + "." + to_base64url(as_bytes(payload));
    std::array<std::uint8_t, crypto_sign_ed25519_PUBLICKEYBYTES> public_key{};
    std::array<std::uint8_t, crypto_sign_ed25519_SECRETKEYBYTES> secret_key{};
    std::array<std::uint8_t, crypto_sign_ed25519_BYTES> signature{};
    crypto_sign_ed25519_seed_keypair(public_key.data(), secret_key.data(), from_base64url(rfc_seed)->data());
    crypto_sign_ed25519_detached(signature.data(), nullptr, as_bytes(input).data(), input.size(),
                                 secret_key.data());
    return input + "." + to_base64url(signature);
}

TEST(Jws, ExamplesOfRfc8037)
{
    const JwsPublicKey keys[] = {rfc_key()};
    EXPECT_EQ(verify_jws(rfc_compact, keys), "Example of Ed25519 signing");
    EXPECT_EQ(keys[0].thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    const JwsSigner signer(ring_of_rfc());
    ASSERT_EQ(signer.public_keys().size(), 1U);
    EXPECT_EQ(to_base64url(signer.public_keys()[0].bytes), rfc_x);
}

TEST(Jws, SignsWhatItVerifies)
{
    const JwsSigner signer(ring_of_rfc());
    const std::string token = signer.sign(R"({"sub":"x"})");
    EXPECT_TRUE(token.starts_with(
        to_base64url(
            as_bytes(R"({"alg":"EdDSA","typ":"JWT","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})")) +
        "."));
    EXPECT_EQ(verify_jws(token, signer.public_keys()), R"({"sub":"x"})");
    EXPECT_EQ(verify_jws(signer.sign(""), signer.public_keys()), "");
    EXPECT_FALSE(verify_jws(token, {}).has_value());
    EXPECT_EQ(signer.jwks(),
              R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",)"
              R"("kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","alg":"EdDSA","use":"sig"}]})");
}

TEST(Jws, NoBitMayChange)
{
    const JwsSigner signer(ring_of_rfc());
    const std::string token = signer.sign(R"({"sub":"x"})");
    for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
        std::string changed = token;
        changed[bit / 8] =
            static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << (bit % 8)));
        EXPECT_FALSE(verify_jws(changed, signer.public_keys()).has_value()) << bit;
    }
}

TEST(Jws, RotationPublishesOldKeysAndSignsWithTheNew)
{
    const KeyRing old_ring = ring_of_rfc();
    std::string text(old_ring.file_text().reveal_text());
    text.replace(text.find("jws.current = 1"), 15, "jws.current = 2");
    text += "jws.2 = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    const JwsSigner older(old_ring);
    const JwsSigner newer(std::move(*KeyRing::parse(text, "keys")));
    ASSERT_EQ(newer.public_keys().size(), 2U);
    EXPECT_TRUE(verify_jws(older.sign("x"), newer.public_keys()).has_value());
    EXPECT_TRUE(verify_jws(newer.sign("x"), newer.public_keys()).has_value());
    EXPECT_FALSE(verify_jws(newer.sign("x"), older.public_keys()).has_value());
    EXPECT_NE(newer.jwks().find("},{"), std::string::npos);
}

TEST(Jws, HeadersOtherThanOursAreRefused)
{
    // Each is signed rightly, so that only the header can be the reason.
    const JwsPublicKey keys[] = {rfc_key()};
    for (const char* const header : {R"({"alg":"none"})",
                                     R"({"alg":"HS256"})",
                                     R"({"alg":"eddsa"})",
                                     R"({"alg":"ES256"})",
                                     R"({})",
                                     "",
                                     R"({"typ":"JWT"})",
                                     R"({"alg":"EdDSA","crit":["b64"],"b64":false})",
                                     R"({"alg":"EdDSA","jku":"https://x"})",
                                     R"({"alg":"EdDSA","alg":"EdDSA"})",
                                     R"({"alg":"EdDSA","alg":"none"})",
                                     R"({"alg":"EdDSA",})",
                                     R"({"alg":"EdDSA"}x)",
                                     R"({"alg":"EdDSA"}{)",
                                     R"({"\u0061lg":"EdDSA"})",
                                     R"({"alg":null})",
                                     R"({alg:"EdDSA"})",
                                     R"(["alg","EdDSA"])",
                                     R"({"alg":"EdDSA","kid":"unknown"})",
                                     R"({"alg":"EdDSA","kid":""})",
                                     R"({"alg":"EdDSA" "typ":"JWT"})",
                                     R"({"alg":"EdDSA")"}) {
        EXPECT_FALSE(verify_jws(sign_with_header(header, "x"), keys).has_value()) << header;
    }
    for (const char* const header :
         {R"({"alg":"EdDSA"})", "{ \"alg\" : \"EdDSA\" ,\n\"typ\":\"JWT\"}",
          R"({"kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","alg":"EdDSA"})"}) {
        EXPECT_TRUE(verify_jws(sign_with_header(header, "x"), keys).has_value()) << header;
    }
}

TEST(Jws, PartsAreCountedAndCanonical)
{
    const JwsPublicKey keys[] = {rfc_key()};
    const std::string good = rfc_compact;
    const std::size_t second = good.rfind('.');
    for (const std::string& wrong :
         {std::string(), std::string("."), std::string(".."), good.substr(0, second),
          good.substr(0, second + 1), good + ".", "." + good, good + "=", good + "A", good + " ", "\n" + good,
          good + "." + good,
          good.substr(0, good.size() - 1) + "h",  // the same bytes with stray trailing bits
          compact(R"({"alg":"none"})", "x", ""), std::string(20'000, 'A')}) {
        EXPECT_FALSE(verify_jws(wrong, keys).has_value()) << wrong;
    }
}

}  // namespace
}  // namespace sallyport::crypto
