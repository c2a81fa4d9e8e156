// Each check of an attestation statement, by published responses in which some bytes are replaced: nobody
// signed the certificates again, so these run without trust anchors.
#include "crypto/webauthn_attestation.h"

#include "crypto/webauthn_der.h"
#include "support/webauthn_samples.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::crypto {
namespace {

using enum WebauthnRefusal;

class Attestation : public testing::Test {
protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(published_vectors()))
            GTEST_SKIP() << "*** NO PUBLISHED VECTORS: set SALLYPORT_VECTORS. Looked in "
                         << published_vectors();
        m_samples = w3c_samples();
        std::ranges::move(simplewebauthn_samples(), std::back_inserter(m_samples));
    }

    /// Replaces each `from` in the sample's attestation object (equal lengths, hexadecimal) and verifies it.
    std::string after(const std::string& name, const std::string& from, const std::string& to)
    {
        WebauthnSample sample = *std::ranges::find(m_samples, name, &WebauthnSample::name);
        const Bytes old_bytes = *from_hex(from);
        const Bytes new_bytes = *from_hex(to);
        EXPECT_EQ(old_bytes.size(), new_bytes.size());
        int replaced = 0;
        auto at = sample.attestation_object.begin();
        while (true) {
            const auto found =
                std::search(at, sample.attestation_object.end(), old_bytes.begin(), old_bytes.end());
            if (found == sample.attestation_object.end()) break;
            at = std::ranges::copy(new_bytes, found).out;
            ++replaced;
        }
        EXPECT_GT(replaced, 0) << from;
        const auto refusal = sample.refusal();
        return refusal ? std::string(name_of(*refusal)) : "verified";
    }

    std::vector<WebauthnSample> m_samples;
};

std::string hex_of(std::string_view text) { return to_hex(as_bytes(text)); }

struct Row {
    const char* why;
    const char* sample;
    std::string from;
    std::string to;
    WebauthnRefusal refusal;
};

const char* const packed = "packed-es256 create";
const char* const self = "packed-self-es256 create";
const char* const yubikey = "verifyRegistrationResponse attestationPackedX5C";
const char* const tpm = "tpm-es256 create";
const char* const apple = "apple-es256 create";
const char* const android = "android-key-es256 create";
const char* const phone = "verifyAttestationAndroidKey inline@161";
const char* const u2f = "fido-u2f-es256 create";
const std::string alg = "63616c67", sig = "63736967", x5c = "63783563";
const Row changes[] = {
    {"another format", packed, hex_of("packed"), hex_of("picked"), attestation_format_unknown},
    {"fmt of another name", packed, hex_of("cfmt"), hex_of("cfmu"), attestation_object_malformed},
    {"no alg", packed, alg, "63616c68", attestation_statement_malformed},
    {"alg is a simple value", packed, alg + "26", alg + "f6", attestation_statement_malformed},
    {"no sig", packed, sig, "63736968", attestation_statement_malformed},
    {"x5d", packed, x5c, "63783564", attestation_statement_malformed},
    {"alg -9", packed, alg + "26", alg + "28", attestation_algorithm_wrong},
    {"EdDSA by a P-256 key", packed, alg + "26", alg + "27", attestation_signature_wrong},
    {"no certificate", packed, "590225308202", "590225318202", attestation_certificate_malformed},
    {"another unit", packed, "0c19417574", "0c19617574", attestation_certificate_unfit},
    {"a country of one letter", packed, "060355040613024141", "060355040713024141",
     attestation_certificate_unfit},
    {"no organisation", packed, "060355040a", "060355040d", attestation_certificate_unfit},
    {"version 2", packed, "a003020102", "a003020101", attestation_certificate_unfit},
    {"an extension that is no DER", packed, "0603551d130101ff04023000", "0603551d130101ff04023100",
     attestation_certificate_unfit},
    {"AAGUID of the certificate", yubikey, "04106d44ba9b", "04106d44ba9c", attestation_aaguid_differs},
    {"AAGUID of another kind", yubikey, "04106d44ba9b", "05106d44ba9b", attestation_certificate_malformed},
    {"self: EdDSA", self, alg + "26", alg + "27", attestation_algorithm_wrong},
    {"self: something else", self, sig, "63736968", attestation_statement_malformed},
    {"TPM: version", tpm, hex_of("c2.0"), hex_of("c2.1"), attestation_statement_malformed},
    {"TPM: EdDSA", tpm, alg + "26", alg + "27", attestation_algorithm_wrong},
    {"TPM: magic", tpm, "ff544347", "ff544346", attestation_tpm_wrong},
    {"TPM: type", tpm, "ff5443478017", "ff5443478018", attestation_tpm_wrong},
    {"TPM: extraData", tpm, "277d0e05", "277d0e04", attestation_tpm_wrong},
    {"TPM: name", tpm, "0022000b9c42", "0022000c9c42", attestation_tpm_wrong},
    {"TPM: nameAlg SHA-1", tpm, "0023000b0004", "002300040004", attestation_tpm_wrong},
    {"TPM: clock", tpm, "1111111122222222", "1111111122222223", attestation_signature_wrong},
    {"TPM: an RSA area", tpm, "0023000b0004", "0001000b0004", attestation_key_differs},
    {"TPM: no kind of area", tpm, "0023000b0004", "0008000b0004", attestation_key_differs},
    {"TPM: curve", tpm, "001000030010", "001000040010", attestation_key_differs},
    {"TPM: x", tpm, "002041202698", "002041202699", attestation_key_differs},
    {"TPM: too long x", tpm, "002041202698", "00ff41202698", attestation_key_differs},
    {"TPM: usage", tpm, "06056781050803", "06056781050804", attestation_certificate_unfit},
    {"TPM: model", tpm, "060567810502020c", "060567810502050c", attestation_certificate_unfit},
    {"Apple: nonce", apple, "0420d7a86e", "0420d7a86f", attestation_challenge_wrong},
    {"Apple: no nonce", apple, "86f763640802", "86f763640803", attestation_certificate_unfit},
    {"Apple: nonce of another kind", apple, "a1220420d7", "a2220420d7", attestation_certificate_unfit},
    {"Apple: another key", apple,
     "048a3d5b1b4c543a706bf6e4b00afedb3c930b690dd286934fe2911f779cc7761a"
     "f728e1aa3b0ff66692192daa776b83ddf8e3340d2d9a0eabdfc324eb3e2f136c",
     "04a91ba4389409dd38a428141940ca8feb1ac0d7b4350558104a3777a49322f379"
     "8440f378b3398ab2d3bb7bf91322c92eb23556f59ad0a836fec4c7663b0e4dc3",
     attestation_key_differs},
    {"Apple: no key", apple, "048a3d5b1b", "048a3d5b1c", attestation_certificate_malformed},
    {"Android: challenge", android, "0420b435028d", "0420b435028e", attestation_challenge_wrong},
    {"Android: no description", android, "d679020111", "d679020112", attestation_certificate_unfit},
    {"Android: short description", android, "040030003000", "040031003000", attestation_certificate_unfit},
    {"Android: EdDSA", android, alg + "26", alg + "27", attestation_signature_wrong},
    {"Android: alg 6", android, alg + "26", alg + "06", attestation_algorithm_wrong},
    {"Android: no sig", android, sig, "63736968", attestation_statement_malformed},
    {"Android: for all applications", phone, "bf853e03020100", "bf845803020100",
     attestation_key_not_restricted},
    {"Android: imported", phone, "bf853e03020100", "bf853e03020101", attestation_key_not_restricted},
    {"Android: origin of another kind", phone, "bf853e03020100", "bf853e03040100",
     attestation_key_not_restricted},
    {"Android: for decryption", phone, "a1053103020102", "a1053103020101", attestation_key_not_restricted},
    {"Android: purposes of another kind", phone, "a1053103020102", "a1053003020102",
     attestation_key_not_restricted},
    {"U2F: no sig", u2f, sig, "63736968", attestation_statement_malformed},
    {"U2F: no certificate", u2f, "30820221308201c7", "30820222308201c7", attestation_certificate_malformed},
};

TEST_F(Attestation, EveryCheckRefuses)
{
    for (const Row& row : changes)
        EXPECT_EQ(after(row.sample, row.from, row.to), name_of(row.refusal)) << row.why;
}

TEST(Der, ReadsOnlyTheOneEncoding)
{
    struct DerRow {
        const char* hex;
        bool good;
    };
    const DerRow der_rows[] = {
        {"0500", true},
        {"020100", true},
        {"bf853e03020100", true},
        {"a1020500", true},
        {"04820080", false},
        {"0481800000", false},
        {"", false},
        {"05", false},
        {"0501", false},
        {"048101ff", false},
        {"0480", false},
        {"04820001ff", false},
        {"0484000000010a", false},
        {"bf1e00", false},
        {"bf801f00", false},
        {"bfffffff7f00", false},
        {"1f2000", false},
        {"8100", false},
        {"c100", false},
    };
    for (const DerRow& row : der_rows) {
        const Bytes bytes = *from_hex(row.hex);
        DerReader reader(bytes);
        EXPECT_EQ(reader.next().has_value(), row.good) << row.hex;
    }
    EXPECT_EQ(der_number(*from_hex("00")), 0U);
    EXPECT_EQ(der_number(*from_hex("00ffffffff")), 0xffffffffU);
    for (const char* const hex : {"", "ff", "0001", "0100000000"})
        EXPECT_EQ(der_number(*from_hex(hex)), std::nullopt);
}

}  // namespace
}  // namespace sallyport::crypto
