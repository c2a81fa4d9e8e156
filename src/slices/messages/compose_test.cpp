#include "slices/messages/compose.h"

#include "../../../tests/support/child.h"
#include "base/bytes.h"
#include "base/check.h"
#include "slices/messages/mime.h"

#include <gtest/gtest.h>

#include <map>

namespace sallyport::messages {
namespace {

using Understood = std::map<std::string, std::string>;

/// What Python's parser understands.
Understood parse(const std::string& raw)
{
    test::Child child({(test::support_folder() / "smtp_parse").string()});
    child.write(raw);
    child.close_input();
    const std::string all = child.read_all();
    EXPECT_EQ(child.wait(), 0);
    Understood out;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = all.find('\n', at);
        const std::string line = all.substr(at, end - at);
        const std::size_t equals = line.find('=');
        const auto value = from_hex(line.substr(equals + 1));
        out[line.substr(0, equals)] = value ? std::string(as_text(*value)) : "not hexadecimal";
        at = end + 1;
    }
    return out;
}

OutboxId outbox_id() { return OutboxId(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab")); }

Sender sender(std::string name)
{
    return {std::move(name), *Email::parse("security@exchange.example"), "exchange.example"};
}

MailParts parts(std::string subject, std::string text, std::string html)
{
    return {*Email::parse("ada@mail.example"),
            std::move(subject),
            std::move(text),
            std::move(html),
            outbox_id(),
            from_unix_ms(1'795'331'501'123),
            "en"};
}

std::string with_crlf(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

void expect_seven_bit_lines(const std::string& raw)
{
    std::size_t column = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const auto octet = static_cast<unsigned char>(raw[i]);
        ASSERT_LT(octet, 0x80U);
        if (raw[i] == '\n') {
            ASSERT_EQ(raw[i - 1], '\r');
            ASSERT_LE(column - 1, 76U) << "line ends at " << i;
            column = 0;
        } else {
            ++column;
            if (raw[i] == '\r') {
                ASSERT_EQ(raw[i + 1], '\n');
            }
        }
    }
    ASSERT_EQ(column, 0U);
}

struct Sample {
    const char* name;
    std::string from;
    std::string subject;
    std::string text;
    std::string html;
};

class Compose : public testing::TestWithParam<Sample> {};

TEST_P(Compose, ComesBackFromAnotherParser)
{
    const Sample& sample = GetParam();
    const auto mail = compose(sender(sample.from), parts(sample.subject, sample.text, sample.html));
    expect_seven_bit_lines(mail.raw);
    Understood seen = parse(mail.raw);
    EXPECT_EQ(seen["from-name"], sample.from);
    EXPECT_EQ(seen["from-address"], "security@exchange.example");
    EXPECT_EQ(seen["to-address"], "ada@mail.example");
    EXPECT_EQ(seen["Subject"], sample.subject);
    EXPECT_EQ(seen["timestamp"], "1795331501");
    EXPECT_EQ(seen["Message-ID"], "<01932f5e-8a00-7000-8000-0123456789ab@exchange.example>");
    EXPECT_EQ(seen["Auto-Submitted"], "auto-generated");
    EXPECT_EQ(seen["Content-Language"], "en");
    EXPECT_EQ(seen["type"], "multipart/alternative");
    EXPECT_EQ(seen["parts"], "text/plain,text/html");
    EXPECT_EQ(seen["text/plain"], with_crlf(sample.text));
    EXPECT_EQ(seen["text/html"], with_crlf(sample.html));
    EXPECT_EQ(seen["defects"], "");
    EXPECT_EQ(seen["headers"],
              "Date,From,To,Subject,Message-ID,MIME-Version,Auto-Submitted,Content-Language,Content-Type");
}

std::string repeated(std::string_view piece, int count)
{
    std::string out;
    for (int i = 0; i < count; ++i) out += piece;
    return out;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Compose,
    testing::Values(
        Sample{"plain", "Exchange", "New sign-in to your Exchange account", "Hello\n\nBye\n",
               "<p>Hello</p>\n"},
        Sample{"arabic", "منصة التداول", "تسجيل دخول جديد إلى حسابك في منصة التداول من جهاز لم نره من قبل",
               repeated("رمزك هو 123456. لا تشاركه مع أحد.\n", 40), "<p dir=\"rtl\">مرحبًا بك</p>\n"},
        Sample{"long_lines", "Exchange", repeated("subject ", 40) + "end", repeated("word ", 600),
               "<p>" + repeated("é", 2000) + "</p>"},
        Sample{"quotes", "A \"quoted\" \\ name, Inc.", "=?UTF-8?B?aGk=?= is not a word of ours", "a=b\n",
               "<b>=3D</b>"},
        Sample{"dots", "Exchange", "Dots", ".\n..\nFrom me\n>From you\n.", "<p>.</p>\n.\n"},
        Sample{"blanks", "Exchange", "Blanks", "ends in blank \nends in tab\t\n \n", " <p> </p> \n"},
        Sample{"emoji", "Bourse d’Été", "Ünïcödé 🙂 subject", "🙂\n" + repeated("🙂🙂🙂🙂", 60) + "\n",
               "<p>🙂</p>"},
        Sample{"empty", "", "", "", ""},
        Sample{"boundary", "Exchange", "Boundary", "--=_01932f5e-8a00-7000-8000-0123456789ab--\n",
               "--=_01932f5e-8a00-7000-8000-0123456789ab\nContent-Type: text/html\n\nmine\n"}),
    [](const testing::TestParamInfo<Sample>& info) { return std::string(info.param.name); });

TEST(ComposeHeaders, AreTheSameAtEveryTry)
{
    const auto first = compose(sender("Exchange"), parts("Subject", "text", "<p>html</p>"));
    const auto second = compose(sender("Exchange"), parts("Subject", "text", "<p>html</p>"));
    EXPECT_EQ(first.raw, second.raw);
    EXPECT_EQ(first.message_id, "<01932f5e-8a00-7000-8000-0123456789ab@exchange.example>");
    EXPECT_EQ(first.envelope_from, "security@exchange.example");
    EXPECT_EQ(first.envelope_to, "ada@mail.example");
}

// M6: the Message-ID holds the number, and nothing of the row.
TEST(ComposeHeaders, HoldTheMessagesNumber)
{
    MailParts numbered = parts("Subject", "text", "<p>html</p>");
    numbered.number = "V-W19Z-WV74-AX11-6AAT";
    const auto mail = compose(sender("Exchange"), numbered);
    EXPECT_EQ(mail.message_id, "<V-W19Z-WV74-AX11-6AAT@exchange.example>");
    EXPECT_NE(mail.raw.find("Message-ID: <V-W19Z-WV74-AX11-6AAT@exchange.example>\r\n"), std::string::npos);
    EXPECT_EQ(mail.raw.find(outbox_id().text()), std::string::npos);
    numbered.number = "V-1\r\nBcc: x@y.example";
    EXPECT_THROW((void)compose(sender("Exchange"), numbered), ProgrammingError);
}

TEST(ComposeHeaders, NoValueBeginsAnotherHeader)
{
    for (const std::string_view bad :
         {"a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x01", "\x7f", "\xc2\x85", "\xff"}) {
        EXPECT_THROW((void)compose(sender("Exchange"), parts(std::string(bad), "", "")), ProgrammingError);
        EXPECT_THROW((void)compose(sender(std::string(bad)), parts("Subject", "", "")), ProgrammingError);
    }
    MailParts bad_language = parts("Subject", "", "");
    bad_language.language = "en\r\nBcc: x@y.example";
    EXPECT_THROW((void)compose(sender("Exchange"), std::move(bad_language)), ProgrammingError);
    Sender bad_host = sender("Exchange");
    bad_host.message_host = "host>\r\nBcc: x@y.example";
    EXPECT_THROW((void)compose(bad_host, parts("Subject", "", "")), ProgrammingError);
    EXPECT_THROW((void)compose(sender("Exchange"), parts("Subject", "\xff", "")), ProgrammingError);
}

TEST(ComposeHeaders, DatesAreThoseOfRfc5322)
{
    EXPECT_EQ(mail_date(from_unix_ms(0)), "Thu, 01 Jan 1970 00:00:00 +0000");
    EXPECT_EQ(mail_date(from_unix_ms(951'782'400'000)), "Tue, 29 Feb 2000 00:00:00 +0000");
    EXPECT_EQ(mail_date(from_unix_ms(1'795'331'501'999)), "Sun, 22 Nov 2026 07:11:41 +0000");
}

TEST(Mime, ChoosesTheShorterEncoding)
{
    EXPECT_EQ(encode_body("Mostly plain, café\n").encoding, TransferEncoding::quoted_printable);
    EXPECT_EQ(encode_body("مرحبًا بك في حسابك الجديد\n").encoding, TransferEncoding::base64);
}

TEST(Mime, QuotedPrintableByHand)
{
    EXPECT_EQ(quoted_printable("a=b\n"), "a=3Db\r\n");
    EXPECT_EQ(quoted_printable("end \n"), "end=20\r\n");
    EXPECT_EQ(quoted_printable("é"), "=C3=A9=\r\n");
    EXPECT_EQ(quoted_printable("\r"), "=0D=\r\n");
    EXPECT_EQ(quoted_printable(".\r\nFrom x\r\n"), "=2E\r\n=46rom x\r\n");
    EXPECT_EQ(quoted_printable(std::string(76, 'x') + "\n"), std::string(76, 'x') + "\r\n");
    EXPECT_EQ(quoted_printable(std::string(77, 'x') + "\n"), std::string(75, 'x') + "=\r\nxx\r\n");
}

}  // namespace
}  // namespace sallyport::messages
