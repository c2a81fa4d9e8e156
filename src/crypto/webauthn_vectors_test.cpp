// Published responses through the whole verifier, and Wycheproof's rows through the same signature code.
#include "crypto/cose_signature.h"
#include "support/webauthn_samples.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <fstream>
#include <iterator>
#include <map>

namespace sallyport::crypto {
namespace {

class WebauthnVectors : public testing::Test {
protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(published_vectors()))
            GTEST_SKIP() << "*** NO PUBLISHED VECTORS: set SALLYPORT_VECTORS. Looked in "
                         << published_vectors();
    }
};

namespace json = boost::json;
using enum WebauthnRefusal;

std::string outcome(const std::optional<WebauthnRefusal>& refusal)
{
    return refusal ? std::string(name_of(*refusal)) : "verified";
}

Result<RegistrationFacts, WebauthnRefusal> registered(const WebauthnSample& sample, AttestationUse use,
                                                      std::span<const Bytes> anchors, Instant now)
{
    return verify_registration({.ceremony = sample.expectation(),
                                .algorithms = every_algorithm,
                                .attestation = use,
                                .trust_anchors = anchors,
                                .now = now},
                               {sample.raw_id, sample.client_data_json, sample.attestation_object});
}

constexpr Instant year_2025 = from_unix_ms(1735689600000);

TEST_F(WebauthnVectors, EveryW3cCeremonyVerifies)
{
    const std::vector<Bytes> anchors = published_certificates("w3c-test-attestation-ca.pem");
    ASSERT_EQ(anchors.size(), 1U);
    std::map<AttestationTrust, int> trusts;
    int ceremonies = 0;
    for (const WebauthnSample& sample : w3c_samples()) {
        EXPECT_EQ(outcome(sample.refusal(AttestationUse::verified, anchors)), "verified") << sample.name;
        ++ceremonies;
        if (!sample.is_registration) continue;
        const auto facts = registered(sample, AttestationUse::verified, anchors, year_2025);
        ASSERT_TRUE(facts.has_value()) << sample.name;
        ++trusts[facts->trust];
        // Without the authority the same statements are right, but nobody vouches for them.
        const auto alone = registered(sample, AttestationUse::trusted, {}, year_2025);
        EXPECT_EQ(alone.error(), attestation_untrusted) << sample.name;
        // Before its certificates were valid (2024), too.
        const auto early = registered(sample, AttestationUse::verified, anchors, from_unix_ms(0));
        ASSERT_TRUE(early.has_value()) << sample.name;
        EXPECT_NE(early->trust, AttestationTrust::anchored) << sample.name;
    }
    EXPECT_EQ(ceremonies, 30);
    EXPECT_EQ(trusts[AttestationTrust::none], 4);
    EXPECT_EQ(trusts[AttestationTrust::self], 1);
    EXPECT_EQ(trusts[AttestationTrust::anchored], 10);
}

TEST_F(WebauthnVectors, FactsAreWhatTheVectorsSay)
{
    for (const WebauthnSample& sample : w3c_samples()) {
        if (sample.name == "packed-ed448 get") {
            const auto facts =
                verify_authentication(sample.expectation(), {sample.public_key, true},
                                      {sample.client_data_json, sample.authenticator_data, sample.signature});
            ASSERT_TRUE(facts.has_value());
            EXPECT_TRUE(facts->user_present && facts->user_verified && facts->backup_eligible &&
                        facts->backed_up);
            EXPECT_EQ(facts->counter, 0U);
            EXPECT_EQ(facts->origin, "https://example.org");
            const auto changed =
                verify_authentication(sample.expectation(), {sample.public_key, false},
                                      {sample.client_data_json, sample.authenticator_data, sample.signature});
            EXPECT_EQ(changed.error(), backup_eligibility_changed);
        }
        if (sample.name == "none-es256-topOrigin create") {
            const auto facts = registered(sample, AttestationUse::ignored, {}, year_2025);
            ASSERT_TRUE(facts.has_value());
            EXPECT_TRUE(facts->ceremony.cross_origin);
            EXPECT_FALSE(facts->ceremony.user_verified);
            EXPECT_EQ(facts->trust, AttestationTrust::unchecked);
            EXPECT_EQ(to_hex(facts->aaguid), "97586fd09799a76401c200455099ef2a");
        }
    }
}

/// Samples that do not verify, and why; every other one does.
const std::map<std::string, std::string> refused_samples{
    // Its key is published nowhere; upstream skips this test.
    {"verifyAuthenticationResponse inline@250", "key_not_canonical"},
    // Signed by a key that nobody published: upstream reads only its extensions, and the registration of the
    // same
    // id ("inline@939") has another key.
    {"verifyAuthenticationResponse inline@504", "signature_wrong"},
    // RS1 (SHA-1), RS384 and RS512 are no algorithms for a credential here.
    {"verifyAttestationTPM inline@53", "key_algorithm_unknown"},
    {"verifyRegistrationResponse inline@659", "key_algorithm_unknown"},
    {"verifyRegistrationResponse inline@1004", "key_algorithm_unknown"},
    {"verifyRegistrationResponse inline@1028", "key_algorithm_unknown"},
    // The certificate's authority key identifier is no DER of RFC 5280 section 4.2.1.1 (tag A0 for 80).
    {"verifyAttestationTPM inline@92", "attestation_certificate_unfit"},
    // SafetyNet: Google ended the service; its statements are taken only where attestation is ignored.
    {"verifyAttestationAndroidSafetyNet attestationAndroidSafetyNet", "attestation_format_unknown"},
    {"verifyAttestationAndroidSafetyNet safetyNetUsingGSR1RootCert", "attestation_format_unknown"},
    {"verifyRegistrationResponse inline@1055", "attestation_format_unknown"},
    {"verifyRegistrationResponse inline@1085", "attestation_format_unknown"},
};

TEST_F(WebauthnVectors, SimpleWebAuthnSamplesVerifyOrAreRefusedForAReason)
{
    int registrations = 0;
    int authentications = 0;
    for (const WebauthnSample& sample : simplewebauthn_samples()) {
        const auto refused = refused_samples.find(sample.name);
        const std::string wanted = refused == refused_samples.end() ? "verified" : refused->second;
        EXPECT_EQ(outcome(sample.refusal()), wanted) << sample.name;
        // What only its attestation refuses registers where attestation is ignored.
        const bool is_attestation = wanted.starts_with("attestation_");
        EXPECT_EQ(outcome(sample.refusal(AttestationUse::ignored)), is_attestation ? "verified" : wanted)
            << sample.name;
        ++(sample.is_registration ? registrations : authentications);
    }
    EXPECT_EQ(registrations, 29);
    EXPECT_EQ(authentications, 6);
}

TEST_F(WebauthnVectors, VendorRootsVouchForTheirOwn)
{
    struct Row {
        const char* name;
        const char* roots;
        std::int64_t now_ms;
        AttestationTrust trust;
    };
    // The leaf of an anonymous Apple attestation lives a day, Google's "Droid CA3" some weeks.
    constexpr std::int64_t sep_2020 = 1600000000000, in_2021 = 1612137600000, in_2023 = 1690000000000,
                           jan_2025 = 1737000000000;
    const Row rows[] = {
        {"verifyAttestationApple inline@18", "root-apple.pem", sep_2020, AttestationTrust::anchored},
        {"verifyAttestationApple inline@18", "root-apple.pem", in_2021, AttestationTrust::certificate},
        {"verifyAttestationAndroidKey inline@95", "root-android-key.pem", jan_2025,
         AttestationTrust::anchored},
        {"verifyAttestationAndroidKey inline@95", "root-android-key.pem", in_2023,
         AttestationTrust::certificate},
        {"verifyAttestationAndroidKey inline@95", "root-apple.pem", jan_2025, AttestationTrust::certificate},
        {"verifyAttestationAndroidKey inline@161", "root-android-key.pem", in_2023,
         AttestationTrust::anchored},
        {"verifyRegistrationResponse attestationPackedX5C", "root-android-key.pem", in_2023,
         AttestationTrust::certificate},
    };
    for (const WebauthnSample& sample : simplewebauthn_samples()) {
        for (const Row& row : rows) {
            if (sample.name != row.name) continue;
            const std::vector<Bytes> anchors = published_certificates(row.roots);
            ASSERT_FALSE(anchors.empty());
            const auto facts =
                registered(sample, AttestationUse::verified, anchors, from_unix_ms(row.now_ms));
            ASSERT_TRUE(facts.has_value()) << sample.name;
            EXPECT_EQ(facts->trust, row.trust) << sample.name << " " << row.roots;
        }
    }
}

class Wycheproof : public WebauthnVectors {
protected:
    /// `verify(group, message, signature)` for each row; rows are right where the file says valid.
    template <class Verify>
    static int check(const std::string& name, Verify verify)
    {
        std::ifstream file(published_vectors() / "wycheproof" / name);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const json::value parsed = json::parse(text);
        int rows = 0;
        for (const json::value& group : parsed.at("testGroups").as_array()) {
            for (const json::value& row : group.at("tests").as_array()) {
                const Bytes message = *from_hex(std::string(row.at("msg").as_string()));
                const Bytes signature = *from_hex(std::string(row.at("sig").as_string()));
                const bool valid = row.at("result").as_string() == "valid" && !has_small_exponent(group);
                EXPECT_EQ(verify(group, message, signature), valid)
                    << name << " " << row.at("tcId").as_int64();
                ++rows;
            }
        }
        return rows;
    }
    /// Two of RSA's groups have e = 3, which the standard of our keys (FIPS 186-5) does not allow.
    static bool has_small_exponent(const json::value& group)
    {
        const auto* const exponent = group.at("publicKey").as_object().if_contains("publicExponent");
        return exponent != nullptr && exponent->as_string() == "03";
    }
    static Bytes hex(const json::value& group, const char* name)
    {
        return *from_hex(std::string(group.at("publicKey").at(name).as_string()));
    }
};

void append_bytes(Bytes& out, BytesView bytes)
{
    if (bytes.size() > 255)
        out.insert(out.end(), {0x59, static_cast<std::uint8_t>(bytes.size() >> 8U)});
    else if (bytes.size() > 23)
        out.push_back(0x58);
    out.push_back(static_cast<std::uint8_t>(bytes.size() > 23 ? bytes.size() : 0x40 | bytes.size()));
    out.insert(out.end(), bytes.begin(), bytes.end());
}

TEST_F(Wycheproof, EcdsaP256)
{
    const int rows = check("ecdsa_secp256r1_sha256_test.json",
                           [](const json::value& group, BytesView message, BytesView signature) {
                               const Bytes point = hex(group, "uncompressed");
                               Bytes cose = *from_hex("a5010203262001215820");
                               cose.insert(cose.end(), point.begin() + 1, point.begin() + 33);
                               cose.insert(cose.end(), {0x22, 0x58, 0x20});
                               cose.insert(cose.end(), point.begin() + 33, point.end());
                               const auto key = CosePublicKey::parse(cose);
                               return key.has_value() && key->verifies(message, signature);
                           });
    EXPECT_GT(rows, 450);
}

TEST_F(Wycheproof, Ed25519)
{
    const auto with = [](auto verify) {
        return check("ed25519_test.json",
                     [verify](const json::value& group, BytesView message, BytesView signature) {
                         Bytes cose = *from_hex("a401010327200621");
                         append_bytes(cose, hex(group, "pk"));
                         const auto key = CosePublicKey::parse(cose);
                         return key.has_value() && verify(*key, message, signature);
                     });
    };
    EXPECT_EQ(with([](const CosePublicKey& key, BytesView message, BytesView signature) {
                  return key.verifies(message, signature);
              }),
              151);
}

TEST_F(Wycheproof, RsaPkcs1)
{
    const int rows = check("rsa_signature_2048_sha256_test.json",
                           [](const json::value& group, BytesView message, BytesView signature) {
                               Bytes modulus = hex(group, "modulus");
                               if (modulus.front() == 0) modulus.erase(modulus.begin());
                               Bytes cose = *from_hex("a401030339010020");
                               append_bytes(cose, modulus);
                               cose.push_back(0x21);
                               append_bytes(cose, hex(group, "publicExponent"));
                               const auto key = CosePublicKey::parse(cose);
                               return key.has_value() && key->verifies(message, signature);
                           });
    EXPECT_GT(rows, 200);
}

}  // namespace
}  // namespace sallyport::crypto
