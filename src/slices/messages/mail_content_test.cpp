#include "slices/messages/mail_content.h"

#include "slices/messages/mails.h"
#include "slices/messages/uploaded_mail.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

using policy::mail_checks::Part;

constexpr char number[] = "V-W19Z-WV74-AX11-6AAT";

Sender sender() { return {"Börse “A” (x)", *Email::parse("accounts@exchange.example"), "exchange.example"}; }

MailParts parts_of(std::string language)
{
    const store::OutboxMail row{OutboxId(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab")),
                                std::nullopt,
                                "E11",
                                "Ada@mail.example",
                                language,
                                {{"at", "1795331501000"},
                                 {"browser", "Samsung Internet"},
                                 {"address", "192.0.2.7"},
                                 {"words", "amber lantern 4821"}},
                                number};
    const MailBrand brand{"Exchange", "accounts.exchange.example"};
    const Instant at = from_unix_ms(1'795'331'501'000);
    RenderedMail mail = render_mail(brand, row, at);
    return {*Email::parse(row.to),
            std::move(mail.subject),
            std::move(mail.text),
            std::move(mail.html),
            row.id,
            at,
            std::move(language),
            row.number};
}

class MailContents : public testing::Test {
protected:
    test::KeySet m_keys;
    const crypto::IndexKey& m_key = m_keys.keys.index;
    MailContent m_sent = content_as_sent(sender(), parts_of("en"));
    Bytes m_hashes = hashes_of(m_key, number, m_sent);

    Part state(const MailContent& content, std::string_view name)
    {
        for (const ComparedPart& part : compare(m_key, number, m_hashes, content))
            if (part.name == name) return part.state;
        ADD_FAILURE() << name;
        return Part::unchecked;
    }
};

// What comes back in four languages, in both transfer encodings and with an encoded name, is what was sent.
TEST_F(MailContents, AreReadAsTheyWereSent)
{
    for (const char* const language : {"en", "ar", "en-XA", "ar-XB"}) {
        const MailParts parts = parts_of(language);
        const auto read = read_upload(compose(sender(), parts).raw);
        ASSERT_TRUE(read.has_value());
        ASSERT_EQ(read->size(), 1U);
        EXPECT_EQ(read->front().content, content_as_sent(sender(), parts)) << language;
        EXPECT_TRUE(read->front().added.empty());
    }
}

TEST_F(MailContents, EachPartIsComparedByItself)
{
    for (const ComparedPart& part : compare(m_key, number, m_hashes, m_sent))
        EXPECT_EQ(part.state, Part::same) << part.name;
    EXPECT_EQ(compare(m_key, number, m_hashes, m_sent).size(), kept_headers.size() + 2);
    for (std::size_t i = 0; i < kept_headers.size(); ++i) {
        MailContent other = m_sent;
        *other.headers[i] += "x";
        EXPECT_EQ(state(other, kept_headers[i]), Part::differs);
        other.headers[i].reset();
        EXPECT_EQ(state(other, kept_headers[i]), Part::missing);
        for (const std::string_view name : kept_headers)
            if (name != kept_headers[i]) {
                EXPECT_EQ(state(other, name), Part::same);
            }
    }
    MailContent other = m_sent;
    other.text->back() = '!';
    other.html.reset();
    EXPECT_EQ(state(other, "text"), Part::differs);
    EXPECT_EQ(state(other, "html"), Part::missing);
    EXPECT_EQ(state(other, "Subject"), Part::same);
}

TEST_F(MailContents, HashesAreOfOneMessageAndOneKey)
{
    for (const ComparedPart& part : compare(m_key, "V-0000-0000-0000-0000", m_hashes, m_sent))
        EXPECT_EQ(part.state, Part::differs) << part.name;
    EXPECT_TRUE(compare(m_key, number, {}, m_sent).empty());
    EXPECT_TRUE(compare(m_key, number, to_bytes("of a later version"), m_sent).empty());
    EXPECT_TRUE(compare(m_key, number, BytesView(m_hashes).first(m_hashes.size() - 1), m_sent).empty());
    EXPECT_FALSE(quotes_text(m_key, number, {}, parts_of("en").text));
}

TEST_F(MailContents, TheTextIsFoundWhereItIsQuoted)
{
    const std::string text = parts_of("en").text;
    std::string quoted = "Look at this, Bob!\r\n\r\n> ";
    for (const char c : text) quoted.append(1, c).append(c == '\n' ? "> " : "");
    EXPECT_TRUE(quotes_text(m_key, number, m_hashes, text));
    EXPECT_TRUE(quotes_text(m_key, number, m_hashes, quoted + "\nAda\n"));
    std::string broken = quoted;  // a line broken at another place
    broken.replace(broken.find("Samsung Internet"), 16, "Samsung\r\n> Internet");
    EXPECT_TRUE(quotes_text(m_key, number, m_hashes, broken));
    EXPECT_FALSE(quotes_text(m_key, number, m_hashes, text.substr(0, text.size() / 2)));
    std::string changed = quoted;
    changed.replace(changed.find("Samsung"), 7, "Samsong");
    EXPECT_FALSE(quotes_text(m_key, number, m_hashes, changed));
    std::string far;
    for (std::size_t i = 0; i < quoted_beginnings_max; ++i) far += "x\n";
    EXPECT_FALSE(quotes_text(m_key, number, m_hashes, far + text)) << "no further than the limit";
}

TEST(MailContent, WhiteSpaceCountsForNothing)
{
    EXPECT_EQ(squeezed(" a\r\n\t b \n"), "a b");
    EXPECT_EQ(squeezed(""), "");
    EXPECT_EQ(unquoted("> a\n>> b\n > c > d"), "a b c > d");
    EXPECT_EQ(unquoted(std::string("a\0b", 3)), std::string("a\0b", 3));
}

}  // namespace
}  // namespace sallyport::messages
