// No single bit of what is signed may change: client data, authenticator data, signature, key of the
// credential.
#include "support/webauthn_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>

namespace sallyport::crypto {
namespace {

class WebauthnBits : public testing::Test {
protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(published_vectors()))
            GTEST_SKIP() << "*** NO PUBLISHED VECTORS: set SALLYPORT_VECTORS. Looked in "
                         << published_vectors();
    }
};

/// Flips each bit of `bytes` in turn; gives the number of flips after which the sample still verifies, by
/// byte.
std::vector<std::size_t> accepted_flips(WebauthnSample& sample, std::span<std::uint8_t> bytes)
{
    std::vector<std::size_t> accepted;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const auto mask = static_cast<std::uint8_t>(1U << at % 8);
        bytes[at] ^= mask;
        if (!sample.refusal()) accepted.push_back(at);
        bytes[at] ^= mask;
    }
    return accepted;
}

bool has_signed_statement(const WebauthnSample& sample)
{
    return sample.format() != "none" && sample.format() != "android-safetynet";
}

TEST_F(WebauthnBits, NoByteOfAnAuthenticationMayChange)
{
    int responses = 0;
    for (const auto& list : {w3c_samples(), simplewebauthn_samples()}) {
        for (WebauthnSample sample : list) {
            if (sample.is_registration || sample.refusal()) continue;
            SCOPED_TRACE(sample.name);
            for (const char* const part : {"client_data", "authenticator_data", "signature", "public_key"}) {
                ASSERT_FALSE(sample.part(part).empty());
                EXPECT_EQ(accepted_flips(sample, sample.part(part)).size(), 0U) << part;
            }
            ++responses;
        }
    }
    EXPECT_EQ(responses, 19);
}

TEST_F(WebauthnBits, NoByteOfAnAttestedRegistrationMayChange)
{
    int responses = 0;
    for (const auto& list : {w3c_samples(), simplewebauthn_samples()}) {
        for (WebauthnSample sample : list) {
            if (!sample.is_registration || !has_signed_statement(sample) || sample.refusal()) continue;
            SCOPED_TRACE(sample.name);
            EXPECT_EQ(accepted_flips(sample, sample.part("client_data")).size(), 0U);
            EXPECT_EQ(accepted_flips(sample, sample.part("signature")).size(), 0U);
            const auto accepted = accepted_flips(sample, sample.part("authenticator_data"));
            if (sample.format() == "fido-u2f") {
                // U2F signs neither flags (byte 32), counter (33 to 36) nor AAGUID (37 to 52): section 8.6.
                EXPECT_TRUE(
                    std::ranges::all_of(accepted, [](std::size_t at) { return at >= 32 && at < 53; }));
                EXPECT_GE(accepted.size(), 20U);
            } else {
                EXPECT_EQ(accepted.size(), 0U);
            }
            ++responses;
        }
    }
    EXPECT_GE(responses, 20);
}

}  // namespace
}  // namespace sallyport::crypto
