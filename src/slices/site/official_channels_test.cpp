#include "slices/site/official_channels.h"

#include "crypto/test_random.h"

#include <gtest/gtest.h>

namespace sallyport::site {
namespace {

class Channel : public testing::Test {
protected:
    crypto::TestRandom m_random;
    crypto::KeyRing m_ring = crypto::KeyRing::generate(m_random);
    crypto::JwsSigner m_signer{m_ring};
    const Channels m_ours{7,
                          {"exchange.example"},
                          {"accounts@exchange.example"},
                          {"Exchange"},
                          {"+351211234567"},
                          {"@exchange on x.example"},
                          {}};
    std::string m_document = official_channels(m_ours, "https://exchange.example", m_signer);

    std::string verdict(std::string_view document) const
    {
        const auto verified = verify_channels(document, m_signer.public_keys());
        return verified ? "genuine" : verified.error();
    }
    std::string with(std::string_view old, std::string_view replacement) const
    {
        std::string changed = m_document;
        const std::size_t at = changed.find(old);
        EXPECT_NE(at, std::string::npos) << old;
        return changed.replace(at, old.size(), replacement);
    }
};

TEST_F(Channel, ACopyIsVerifiedByTheKeysAlone)
{
    const auto keys = keys_of_set(m_signer.jwks());
    const auto verified = verify_channels(m_document, keys);
    ASSERT_TRUE(verified) << verified.error();
    EXPECT_EQ(verified->issuer, "https://exchange.example");
    EXPECT_EQ(verified->version, 7);
    EXPECT_EQ(verified->lines, "domains: exchange.example\nsenders: accounts@exchange.example\n"
                               "text_senders: Exchange\nphones: +351211234567\n"
                               "handles: @exchange on x.example\napps:\n");
    EXPECT_EQ(m_document, official_channels(m_ours, "https://exchange.example", m_signer));
}

TEST_F(Channel, WhatWasChangedIsNotBelieved)
{
    const std::string changed = "the document was changed after it was signed: do not believe it";
    EXPECT_EQ(verdict(with("+351211234567", "+351211234568")), changed);
    EXPECT_EQ(verdict(with("\"version\":7", "\"version\":8")), changed);
    EXPECT_EQ(verdict(with("[\"Exchange\"]", "[\"Exchange\",\"Evil\"]")), changed);
    EXPECT_EQ(verdict(with("\"kind\"", "\"more\":1,\"kind\"")), changed);
    for (std::size_t at = m_document.find("\"signature\":\"") + 13; at + 2 < m_document.size(); ++at) {
        std::string flipped = m_document;
        flipped[at] = flipped[at] == 'A' ? 'B' : 'A';
        EXPECT_NE(verdict(flipped), "genuine") << at;
    }
}

TEST_F(Channel, OnlyTheseKeysCount)
{
    const crypto::KeyRing other = crypto::KeyRing::generate(m_random);
    const crypto::JwsSigner others(other);
    EXPECT_EQ(verify_channels(m_document, others.public_keys()).error(),
              "the signature is of none of these keys: do not believe it");
    EXPECT_FALSE(verify_channels(m_document, {}));
}

TEST_F(Channel, ATokenOfTheSameKeyIsNoList)
{
    const std::string token = m_signer.sign(R"({"sub":"ada","kind":"token"})");
    EXPECT_EQ(verdict(R"({"sub":"ada","kind":"token","signature":")" + token + "\"}"),
              "the signature is of something else: do not believe it");
}

TEST_F(Channel, RubbishIsSaidToBeRubbish)
{
    for (const char* rubbish : {"", "[]", "{", "null", "\xff", "{\"a\":1"})
        EXPECT_EQ(verdict(rubbish), "this is no document of official channels") << rubbish;
    EXPECT_EQ(verdict("{}"), "this document has no signature");
    EXPECT_EQ(verdict("{\"signature\":7}"), "this document has no signature");
    EXPECT_EQ(verdict(std::string(70000, ' ') + m_document), "this is no document of official channels");
    EXPECT_TRUE(keys_of_set("{}").empty());
    EXPECT_TRUE(keys_of_set(R"({"keys":[{"crv":"Ed25519","x":"AAAA"},{"crv":"P-256"},7]})").empty());
}

TEST_F(Channel, NothingInItSteersATerminalOrTurnsTheReading)
{
    Channels ours = m_ours;
    ours.handles = {"a\x1b[31mb",
                    "c\xe2\x80\xae"
                    "d",
                    "e\xc2\x9b"
                    "f",
                    "\xd8\xa8", "x\xe2\x82\xac"};
    const auto verified = verify_channels(official_channels(ours, "https://exchange.example", m_signer),
                                          m_signer.public_keys());
    ASSERT_TRUE(verified) << verified.error();
    EXPECT_NE(verified->lines.find("handles: a?[31mb, c?d, e?f, \xd8\xa8, x\xe2\x82\xac\n"),
              std::string::npos)
        << verified->lines;
}

}  // namespace
}  // namespace sallyport::site
