// Each check of the ceremonies after the client data, by responses without attestation that fail just there.
#include "crypto/webauthn.h"

#include "crypto/hash.h"
#include "crypto/webauthn_client_data.h"

#include <gtest/gtest.h>

namespace sallyport::crypto {
namespace {

using enum WebauthnRefusal;

const Bytes challenge = to_bytes("0123456789abcdef");
const std::vector<std::string> origins{"https://example.org"};
const std::string key_hex =
    "a4010103272006215820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

void append(Bytes& out, BytesView more) { out.insert(out.end(), more.begin(), more.end()); }

Bytes client_data(std::string_view type)
{
    return to_bytes(R"({"type":")" + std::string(type) + R"(","challenge":")" + to_base64url(challenge) +
                    R"(","origin":"https://example.org"})");
}

/// Authenticator data in parts, each of which a test may spoil.
struct Parts {
    std::string rp_id = "example.org";
    std::uint8_t flags = 0x45;  // present, verified, attested credential
    Bytes counter{0, 0, 0, 7};
    Bytes aaguid = Bytes(16, 0xaa);
    Bytes id_length{0, 4};
    Bytes id = to_bytes("id-4");
    Bytes key = *from_hex(key_hex);
    Bytes extensions = {};

    [[nodiscard]] Bytes bytes() const
    {
        Bytes out;
        append(out, sha256(as_bytes(rp_id)));
        out.push_back(flags);
        append(out, counter);
        if ((flags & 0x40U) != 0) {
            for (const Bytes* const part : {&aaguid, &id_length, &id, &key}) append(out, *part);
        }
        append(out, extensions);
        return out;
    }
};

/// {"fmt": format, "attStmt": statement, "authData": data}
Bytes object_of(BytesView data, const std::string& format = "646e6f6e65", const std::string& statement = "a0")
{
    Bytes out = *from_hex("a363666d74" + format + "6761747453746d74" + statement + "686175746844617461");
    out.push_back(0x59);
    out.push_back(static_cast<std::uint8_t>(data.size() >> 8U));
    out.push_back(static_cast<std::uint8_t>(data.size()));
    if (data.size() < 256) {
        out.resize(out.size() - 3);
        out.push_back(0x58);
        out.push_back(static_cast<std::uint8_t>(data.size()));
    }
    append(out, data);
    return out;
}

RegistrationExpectation expectation()
{
    return {.ceremony = {.challenge = challenge, .rp_id = "example.org", .origins = origins}};
}

Result<RegistrationFacts, WebauthnRefusal> registered(const Bytes& object,
                                                      const Bytes& raw_id = to_bytes("id-4"),
                                                      const RegistrationExpectation& expected = expectation())
{
    return verify_registration(expected, {raw_id, client_data(type_create), object});
}

std::optional<WebauthnRefusal> refusal_of(const Parts& parts)
{
    const auto facts = registered(object_of(parts.bytes()), parts.id);
    return facts ? std::nullopt : std::optional(facts.error());
}

TEST(Webauthn, RegistersAndSaysWhatItSaw)
{
    Parts parts;
    parts.flags = 0xdd;
    parts.extensions = *from_hex("a26b6372656450726f74656374026b686d61632d736563726574f5");
    const auto facts = registered(object_of(parts.bytes()));
    ASSERT_TRUE(facts.has_value()) << name_of(facts.error());
    EXPECT_EQ(facts->credential_id, to_bytes("id-4"));
    EXPECT_EQ(to_hex(facts->public_key), key_hex);
    EXPECT_EQ(facts->algorithm, CoseAlgorithm::eddsa);
    EXPECT_EQ(facts->aaguid[15], 0xaa);
    EXPECT_EQ(facts->ceremony.counter, 7U);
    EXPECT_TRUE(facts->ceremony.user_verified && facts->ceremony.backup_eligible &&
                facts->ceremony.backed_up);
    EXPECT_EQ(facts->ceremony.extensions, (std::vector<std::string>{"credProtect", "hmac-secret"}));
    EXPECT_EQ(facts->format, AttestationFormat::none);
    EXPECT_EQ(facts->trust, AttestationTrust::unchecked);
}

TEST(Webauthn, EveryCheckOfAuthenticatorDataRefuses)
{
    struct Row {
        const char* why;
        void (*spoil)(Parts&);
        WebauthnRefusal refusal;
    };
    const Row rows[] = {
        {"too large", [](Parts& p) { p.extensions = Bytes(authenticator_data_bytes_max); },
         authenticator_data_too_large},
        {"short counter", [](Parts& p) { p.flags = 5, p.counter.pop_back(); }, authenticator_data_malformed},
        {"trailing byte", [](Parts& p) { p.extensions = {0}; }, authenticator_data_malformed},
        {"cut in the AAGUID", [](Parts& p) { p.aaguid.resize(8), p.id_length = p.id = p.key = {}; },
         authenticator_data_malformed},
        {"cut in the id", [](Parts& p) { p.id_length = {1, 0}; }, authenticator_data_malformed},
        {"no id", [](Parts& p) { p.id_length = {0, 0}, p.id = {}; }, credential_id_too_long},
        {"id of 1024 bytes", [](Parts& p) { p.id_length = {4, 0}, p.id = Bytes(1024); },
         credential_id_too_long},
        {"cut in the key", [](Parts& p) { p.key.pop_back(); }, key_not_canonical},
        {"extensions flagged, not there", [](Parts& p) { p.flags |= 0x80; }, extensions_malformed},
        {"extensions no map", [](Parts& p) { p.flags |= 0x80, p.extensions = {0x01}; }, extensions_malformed},
        {"extensions twice", [](Parts& p) { p.flags |= 0x80, p.extensions = *from_hex("a2616101616102"); },
         extensions_malformed},
        {"an extension named 1", [](Parts& p) { p.flags |= 0x80, p.extensions = *from_hex("a10101"); },
         extensions_malformed},
        {"another RP", [](Parts& p) { p.rp_id = "example.com"; }, rp_id_wrong},
        {"nobody there", [](Parts& p) { p.flags = 0x44; }, user_not_present},
        {"not verified", [](Parts& p) { p.flags = 0x41; }, user_not_verified},
        {"backed up, not eligible", [](Parts& p) { p.flags = 0x55; }, backup_state_impossible},
        {"no credential", [](Parts& p) { p.flags = 0x05; }, attested_credential_missing},
        {"key of no kind", [](Parts& p) { p.key = {0xa0}; }, key_member_missing},
        {"RS1", [](Parts& p) { p.key = *from_hex("a201030339fffe"); }, key_algorithm_unknown},
        {"key type", [](Parts& p) { p.key[2] = 2; }, key_wrong_type},
        {"kid", [](Parts& p) { p.key = *from_hex("a501010241000327" + key_hex.substr(10)); },
         key_extra_member},
        {"private key", [](Parts& p) { p.key[0] = 0xa5, append(p.key, Bytes{0x23, 0x41, 0x01}); },
         key_private_part},
        {"short x", [](Parts& p) { p.key = *from_hex("a401010327200621581f" + key_hex.substr(22)); },
         key_wrong_length},
        {"off the curve",
         [](Parts& p) { p.key = *from_hex("a401010327200621582002" + std::string(62, '0')); },
         key_not_on_curve},
        {"weak RSA", [](Parts& p) { p.key = *from_hex("a401030339010020410f2143010001"); }, key_weak_rsa},
        {"large key", [](Parts& p) { p.key = *from_hex("a1015907d0" + std::string(4000, '0')); },
         key_too_large},
    };
    for (const Row& row : rows) {
        Parts parts;
        row.spoil(parts);
        EXPECT_EQ(refusal_of(parts), row.refusal) << row.why;
    }
}

TEST(Webauthn, ChecksOfARegistration)
{
    const Bytes good = object_of(Parts().bytes());
    EXPECT_EQ(registered(good, to_bytes("other")).error(), credential_id_differs);
    EXPECT_EQ(registered(Bytes(attestation_object_bytes_max + 1)).error(), attestation_object_too_large);
    EXPECT_EQ(registered({}).error(), attestation_object_malformed);
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_EQ(registered(longer).error(), attestation_object_malformed);
    EXPECT_EQ(registered(object_of(Parts().bytes(), "01")).error(), attestation_object_malformed);
    EXPECT_EQ(registered(object_of(Parts().bytes(), "646e6f6e65", "80")).error(),
              attestation_object_malformed);

    RegistrationExpectation expected = expectation();
    constexpr CoseAlgorithm only_es256[] = {CoseAlgorithm::es256};
    expected.algorithms = only_es256;
    EXPECT_EQ(registered(good, to_bytes("id-4"), expected).error(), key_algorithm_not_offered);

    expected = expectation();
    expected.attestation = AttestationUse::verified;
    EXPECT_EQ(registered(good, to_bytes("id-4"), expected)->trust, AttestationTrust::none);
    const Bytes unknown = object_of(Parts().bytes(), "6161");  // "a"
    EXPECT_TRUE(registered(unknown).has_value());
    EXPECT_EQ(registered(unknown, to_bytes("id-4"), expected).error(), attestation_format_unknown);
    const Bytes not_empty = object_of(Parts().bytes(), "646e6f6e65", "a1616101");
    EXPECT_EQ(registered(not_empty, to_bytes("id-4"), expected).error(), attestation_statement_malformed);
    const Bytes nine =
        object_of(Parts().bytes(), "667061636b6564", "a363616c672663736967406378356389404040404040404040");
    EXPECT_EQ(registered(nine, to_bytes("id-4"), expected).error(), attestation_statement_malformed);
    expected.attestation = AttestationUse::trusted;
    EXPECT_EQ(registered(good, to_bytes("id-4"), expected).error(), attestation_untrusted);

    // Conditional creation shows nobody a prompt (7.1 step 15).
    Parts absent;
    absent.flags = 0x40;
    expected = expectation();
    expected.ceremony.user_presence = expected.ceremony.user_verification = false;
    EXPECT_TRUE(registered(object_of(absent.bytes()), to_bytes("id-4"), expected).has_value());
}

TEST(Webauthn, ChecksOfAnAuthentication)
{
    Parts parts;
    const Bytes key = *from_hex(key_hex);
    const Bytes json = client_data(type_get);
    const Bytes signature(64);
    const auto refusal = [&](BytesView public_key, std::optional<bool> eligible = {}) {
        const Bytes data = parts.bytes();
        return verify_authentication(expectation().ceremony, {public_key, eligible}, {json, data, signature})
            .error();
    };
    EXPECT_EQ(refusal(key), attested_credential_unexpected);
    parts.flags = 0x05;
    EXPECT_EQ(refusal(key), signature_wrong);
    EXPECT_EQ(refusal(key, false), signature_wrong);
    EXPECT_EQ(refusal(key, true), backup_eligibility_changed);
    EXPECT_EQ(refusal({}), key_not_canonical);
    parts.flags = 0x0d;
    EXPECT_EQ(refusal(key, false), backup_eligibility_changed);
    const Bytes wrong_type = client_data(type_create);
    EXPECT_EQ(verify_authentication(expectation().ceremony, {key, {}}, {wrong_type, parts.bytes(), signature})
                  .error(),
              type_wrong);
}

TEST(Webauthn, EveryRefusalHasItsName)
{
    EXPECT_EQ(name_of(client_data_too_large), "client_data_too_large");
    EXPECT_EQ(name_of(attestation_untrusted), "attestation_untrusted");
    EXPECT_EQ(name_of(attestation_key_not_restricted), "attestation_key_not_restricted");
}

}  // namespace
}  // namespace sallyport::crypto
