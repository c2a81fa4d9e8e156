// The form of the signatures; that others verify them is shown by tests/mail/signatures.py.
#include "slices/messages/dkim.h"

#include "slices/messages/compose.h"
#include "support/dkim_keys.h"

#include <gtest/gtest.h>

#include <regex>

namespace sallyport::messages {
namespace {

constexpr Instant at{std::chrono::milliseconds{1'790'000'000'123}};
const OutboxId mail_id(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab"));

std::vector<DkimSelector> both()
{
    std::vector<DkimSelector> selectors;
    selectors.push_back({"r1", std::move(*crypto::DkimKey::parse(test::rsa_pem()))});
    selectors.push_back({"e1", std::move(*crypto::DkimKey::parse(test::ed25519_pem()))});
    return selectors;
}

std::string message()
{
    const Sender sender{"Exchange", *Email::parse("security@exchange.example"), "exchange.example", nullptr};
    return compose(sender, {*Email::parse("ada@mail.example"), "A new sign-in", "text\n", "<p>text</p>\n",
                            mail_id, at, "en"})
        .raw;
}

TEST(Dkim, CanonicalFormsAreThoseOfTheRfc)
{
    // RFC 6376 section 3.4.5, its examples.
    EXPECT_EQ(relaxed_header("A: X\r\n"), "a:X\r\n");
    EXPECT_EQ(relaxed_header("B : Y\t\r\n\tZ  \r\n"), "b:Y Z\r\n");
    EXPECT_EQ(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
    EXPECT_EQ(relaxed_body(""), "");
    EXPECT_EQ(relaxed_body("\r\n\r\n"), "");
    EXPECT_EQ(relaxed_body(" \r\n"), "");
    EXPECT_EQ(relaxed_body("no end"), "no end\r\n");
    EXPECT_EQ(relaxed_body("a\r\n\r\nb\r\n"), "a\r\n\r\nb\r\n");
    EXPECT_EQ(relaxed_header("Empty:\r\n"), "empty:\r\n");
}

TEST(Dkim, TwoSignaturesSayWhoWhenAndUntilWhen)
{
    const DkimSigner signer("exchange.example", both());
    const std::string headers = signer.signatures(message(), at);
    EXPECT_TRUE(headers.starts_with("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n "
                                    "d=exchange.example; s=r1;\r\n t=1790000000; x=1790604800;\r\n h="))
        << headers;
    EXPECT_NE(headers.find("\r\nDKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n "
                           "d=exchange.example; s=e1;\r\n t=1790000000; x=1790604800;\r\n h="),
              std::string::npos);
    EXPECT_TRUE(headers.ends_with("\r\n"));
    EXPECT_EQ(headers.find("\r\n\r\n"), std::string::npos);
    for (std::size_t begun = 0; begun < headers.size();) {
        const std::size_t end = headers.find("\r\n", begun);
        EXPECT_LE(end - begun, 78U) << headers.substr(begun, end - begun);
        begun = end + 2;
    }
    EXPECT_EQ(headers, signer.signatures(message(), at)) << "a second try sends the same bytes";
    EXPECT_NE(headers, signer.signatures(message(), at + std::chrono::seconds(1)));
}

TEST(Dkim, EveryHeaderIsSignedOnceMoreThanItStands)
{
    const DkimSigner signer("exchange.example", both());
    const std::string raw = message();
    std::string names = signer.signatures(raw, at);
    names = names.substr(names.find("h=") + 2);
    names = std::regex_replace(names.substr(0, names.find(';')), std::regex("\\s"), "");
    const auto times = [&names](const std::string& name) {
        std::size_t count = 0;
        const std::string all = ":" + names + ":";
        const std::string one = ":" + name + ":";
        for (std::size_t found = all.find(one); found != std::string::npos; found = all.find(one, found + 1))
            ++count;
        return count;
    };
    for (const char* present : {"date", "from", "to", "subject", "message-id", "mime-version", "content-type",
                                "content-language", "auto-submitted"})
        EXPECT_EQ(times(present), 2U) << present;
    for (const char* missing : {"reply-to", "cc", "sender", "in-reply-to", "references", "list-unsubscribe"})
        EXPECT_EQ(times(missing), 1U) << missing;
}

TEST(Dkim, NamesOfDnsAreNothingElse)
{
    for (const char* good : {"s1", "2026-11.mail", "exchange.example", "_x"}) EXPECT_TRUE(is_dns_name(good));
    for (const char* bad : {"", ".", "a..b", ".a", "a.", "a b", "a;b", "a/b", "\xc3\xa4"})
        EXPECT_FALSE(is_dns_name(bad)) << bad;
    EXPECT_TRUE(is_dns_name(std::string(63, 'a')));
    EXPECT_FALSE(is_dns_name(std::string(64, 'a')));
    EXPECT_THROW(DkimSigner("exchange example", {}), ProgrammingError);
}

TEST(Dkim, WhatIsComposedCarriesItInFront)
{
    const auto signer = std::make_shared<const DkimSigner>("exchange.example", both());
    const Sender sender{"Exchange", *Email::parse("security@exchange.example"), "exchange.example", signer};
    const auto mail = compose(sender, {*Email::parse("ada@mail.example"), "A new sign-in", "text\n",
                                       "<p>text</p>\n", mail_id, at, "en"});
    EXPECT_EQ(mail.raw, signer->signatures(message(), at) + message());
}

}  // namespace
}  // namespace sallyport::messages
