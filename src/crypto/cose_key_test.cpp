#include "crypto/cose_key.h"

#include <gtest/gtest.h>

namespace sallyport::crypto {
namespace {

// Keys of the vectors of WebAuthn level 3 ("none-es256", "packed-eddsa", "packed-ed448").
const std::string es256_x = "afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61";
const std::string es256_y = "930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";
const std::string es256 = "a5010203262001215820" + es256_x + "225820" + es256_y;
const std::string ed25519_x =
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";  // RFC 8032 7.1
// RFC 8032 section 7.4, "blank".
const std::string ed448_x =
    "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783d"
    "f1e50f6cd1fa1abeafe8256180";
const std::string ed25519 = "a4010103272006215820" + ed25519_x;
const std::string ed448 = "a4010103383420072158 39" + ed448_x;

Bytes bytes_of(std::string hex)
{
    std::erase(hex, ' ');
    return *from_hex(hex);
}

std::optional<CoseProblem> problem_of(const std::string& hex)
{
    const auto key = CosePublicKey::parse(bytes_of(hex));
    return key ? std::nullopt : std::optional(key.error());
}

std::string rsa(const std::string& modulus, const std::string& exponent = "43010001")
{
    const std::size_t bytes = modulus.size() / 2;
    const Bytes length = bytes > 255 ? Bytes{0x59, static_cast<std::uint8_t>(bytes / 256),
                                             static_cast<std::uint8_t>(bytes % 256)}
                                     : Bytes{0x58, static_cast<std::uint8_t>(bytes)};
    return "a401030339010020" + to_hex(length) + modulus + "21" + exponent;
}

std::string odd_number(std::size_t bytes)
{
    std::string hex = "8f";
    while (hex.size() < bytes * 2 - 2) hex += "5c";
    return hex + "01";
}

TEST(CoseKey, KnowsItsAlgorithms)
{
    EXPECT_EQ(CosePublicKey::parse(bytes_of(es256))->algorithm(), CoseAlgorithm::es256);
    EXPECT_EQ(CosePublicKey::parse(bytes_of(ed25519))->algorithm(), CoseAlgorithm::eddsa);
    EXPECT_EQ(CosePublicKey::parse(bytes_of(ed448))->algorithm(), CoseAlgorithm::ed448);
    EXPECT_EQ(CosePublicKey::parse(bytes_of(rsa(odd_number(256))))->algorithm(), CoseAlgorithm::rs256);
    EXPECT_EQ(CosePublicKey::parse(bytes_of(rsa(odd_number(512))))->rsa_exponent(), 65537U);
    EXPECT_EQ(cose_algorithm(-257), CoseAlgorithm::rs256);
    EXPECT_EQ(cose_algorithm(-65535), std::nullopt);  // RS1
    EXPECT_EQ(cose_algorithm(-37), std::nullopt);     // PS256
    EXPECT_EQ(cose_algorithm(7), std::nullopt);
    for (const CoseAlgorithm algorithm : offered_algorithms)
        EXPECT_EQ(cose_algorithm(static_cast<std::int64_t>(algorithm)), algorithm);
}

struct Row {
    const char* why;
    std::string hex;
    CoseProblem problem;
};
const Row refused_keys[] = {
    {"empty", "", CoseProblem::not_canonical},
    {"a number", "01", CoseProblem::not_canonical},
    {"something after it", es256 + "00", CoseProblem::not_canonical},
    {"alg before kty", "a5032601022001215820" + es256_x + "225820" + es256_y, CoseProblem::not_canonical},
    {"x twice", "a5010203262001215820" + es256_x + "215820" + es256_x, CoseProblem::not_canonical},
    {"no alg", "a40102 2001 215820" + es256_x + "225820" + es256_y, CoseProblem::missing_member},
    {"alg is text", "a5010203616120012158 20" + es256_x + "225820" + es256_y, CoseProblem::missing_member},
    {"no y", "a4010203262001215820" + es256_x, CoseProblem::missing_member},
    {"compressed y", "a5010203262001215820" + es256_x + "22f5", CoseProblem::missing_member},
    {"PS256", "a50102033824 2001 215820" + es256_x + "225820" + es256_y, CoseProblem::unknown_algorithm},
    {"kty OKP", "a5010103262001215820" + es256_x + "225820" + es256_y, CoseProblem::wrong_type},
    {"crv P-384", "a5010203262002215820" + es256_x + "225820" + es256_y, CoseProblem::wrong_type},
    {"secp256k1", "a5010203262008215820" + es256_x + "225820" + es256_y, CoseProblem::wrong_type},
    {"EdDSA with Ed448", "a40101032720072158 39" + ed448_x, CoseProblem::wrong_type},
    {"EdDSA with X25519", "a4010103272004215820" + ed25519_x, CoseProblem::wrong_type},
    {"d", "a6010203262001215820" + es256_x + "225820" + es256_y + "234101", CoseProblem::private_part},
    {"d of Ed25519", "a5010103272006215820" + ed25519_x + "234101", CoseProblem::private_part},
    {"d of RSA", "a5" + rsa(odd_number(256)).substr(2) + "224101", CoseProblem::private_part},
    {"kid", "a6010202410103262001215820" + es256_x + "225820" + es256_y, CoseProblem::extra_member},
    {"short x", "a501020326200121581f" + es256_x.substr(2) + "225820" + es256_y, CoseProblem::wrong_length},
    {"long x", "a501020326200121582100" + es256_x + "225820" + es256_y, CoseProblem::wrong_length},
    {"x + 1", "a5010203262001215820" + es256_x.substr(0, 62) + "62225820" + es256_y,
     CoseProblem::not_on_curve},
    {"the point at zero", "a5010203262001215820" + std::string(64, '0') + "225820" + std::string(64, '0'),
     CoseProblem::not_on_curve},
    {"Ed25519 of order 1", "a4010103272006215820 01" + std::string(62, '0'), CoseProblem::not_on_curve},
    {"Ed25519 of order 4", "a4010103272006215820" + std::string(64, '0'), CoseProblem::not_on_curve},
    {"Ed25519 of order 2",
     "a4010103272006215820ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
     CoseProblem::not_on_curve},
    {"Ed25519 off the curve", "a4010103272006215820 02" + std::string(62, '0'), CoseProblem::not_on_curve},
    {"Ed448 of order 1", "a401010338342007215839 01" + std::string(112, '0'), CoseProblem::not_on_curve},
    {"Ed448 of order 4", "a401010338342007215839" + std::string(114, '0'), CoseProblem::not_on_curve},
    {"Ed448 of order 2",
     "a401010338342007215839fe" + std::string(54, 'f') + "fe" + std::string(54, 'f') + "00",
     CoseProblem::not_on_curve},
    {"Ed448 with a stray bit", "a401010338342007215839" + ed448_x.substr(0, 112) + "01",
     CoseProblem::not_on_curve},
    {"RSA of 2040 bits", rsa(odd_number(255)), CoseProblem::weak_rsa},
    {"RSA of 4104 bits", rsa(odd_number(513)), CoseProblem::weak_rsa},
    {"an even modulus", rsa(odd_number(255) + "02"), CoseProblem::weak_rsa},
    {"a modulus with leading zeros", rsa("00" + odd_number(256)), CoseProblem::wrong_length},
    {"exponent 3", rsa(odd_number(256), "4103"), CoseProblem::weak_rsa},
    {"exponent 65536", rsa(odd_number(256), "43010000"), CoseProblem::weak_rsa},
    {"exponent of nine bytes", rsa(odd_number(256), "49010000000000000001"), CoseProblem::weak_rsa},
    {"exponent with a leading zero", rsa(odd_number(256), "4400010001"), CoseProblem::wrong_length},
    {"no exponent", rsa(odd_number(256), "40"), CoseProblem::wrong_length},
    {"too large", rsa(odd_number(1020)), CoseProblem::too_large},
};

TEST(CoseKey, EveryCheckRefuses)
{
    for (const Row& row : refused_keys) EXPECT_EQ(problem_of(row.hex), row.problem) << row.why;
}

TEST(CoseKey, Ed448PointsOfTheRfcAreOnTheCurve)
{
    EXPECT_EQ(problem_of(ed448), std::nullopt);
    // About half of all y have an x; the test of the curve tells them apart, so some neighbours are refused.
    int refused = 0;
    Bytes key = bytes_of(ed448);
    for (int i = 1; i <= 64; ++i) {
        ++key[12];
        if (!CosePublicKey::parse(key)) ++refused;
    }
    EXPECT_GT(refused, 16);
    EXPECT_LT(refused, 48);
}

// RFC 8032 section 7.4, "1 octet", and 7.1, TEST 2.
TEST(CoseKey, VerifiesWhatTheRfcSigned)
{
    const auto key = CosePublicKey::parse(bytes_of("a401010338342007215839"
                                                   "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6"
                                                   "798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a94"
                                                   "80"));
    ASSERT_TRUE(key.has_value());
    const Bytes message = bytes_of("03");
    Bytes signature = bytes_of("26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b98"
                               "1b7e18f62de8ccdf633fc1bf037ab7cd779"
                               "805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2"
                               "a0ff3348ab21aa4adafd1d234441cf807c0"
                               "3a00");
    EXPECT_TRUE(key->verifies(message, signature));
    signature[0] ^= 1U;
    EXPECT_FALSE(key->verifies(message, signature));
    EXPECT_FALSE(key->verifies(message, {}));
    EXPECT_FALSE(key->verifies(message, Bytes(signature_bytes_max + 1)));
}

}  // namespace
}  // namespace sallyport::crypto
