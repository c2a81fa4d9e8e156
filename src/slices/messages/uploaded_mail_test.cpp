#include "slices/messages/uploaded_mail.h"

#include "slices/messages/dkim_verify.h"
#include "support/dkim_keys.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sallyport::messages {
namespace {

constexpr char number[] = "V-W19Z-WV74-AX11-6AAT";

/// A mail of ours; signed where there are selectors.
std::string ours(std::vector<DkimSelector> selectors = {})
{
    Sender sender{"Exchange", *Email::parse("accounts@exchange.example"), "exchange.example"};
    if (!selectors.empty())
        sender.dkim = std::make_shared<const DkimSigner>("exchange.example", std::move(selectors));
    return compose(sender,
                   {*Email::parse("ada@mail.example"), "A new sign-in",
                    "Sign-in from Wien – now.\nNumber: " + std::string(number) + "\n", "<p>Sign-in</p>\n",
                    OutboxId(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab")),
                    from_unix_ms(1'795'331'501'000), "en", number})
        .raw;
}

std::string forwarded_as_attachment(const std::string& mail)
{
    return "From: ada@mail.example\r\nTo: help@exchange.example\r\nSubject: Fwd: is this you?\r\n"
           "Message-ID: <1@mail.example>\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=\"out\"\r\n\r\n"
           "--out\r\nContent-Type: text/plain\r\n\r\nPlease look.\r\n"
           "--out\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" +
           mail + "\r\n--out--\r\n";
}

UploadedMail only(const std::string& raw)
{
    auto read = read_upload(raw);
    EXPECT_TRUE(read.has_value());
    if (!read || read->size() != 1) {
        ADD_FAILURE() << "not one mail";
        return {};
    }
    return std::move(read->front());
}
UploadProblem problem_of(const std::string& raw)
{
    const auto read = read_upload(raw);
    EXPECT_FALSE(read.has_value());
    return read ? UploadProblem{} : read.error();
}
std::string header(const UploadedMail& mail, std::string_view name)
{
    for (std::size_t i = 0; i < kept_headers.size(); ++i)
        if (kept_headers[i] == name) return mail.content.headers[i].value_or("(none)");
    return "(unknown)";
}

TEST(UploadedMail, SaysWhatItIs)
{
    const UploadedMail mail = only(ours());
    EXPECT_EQ(header(mail, "From"), "Exchange <accounts@exchange.example>");
    EXPECT_EQ(header(mail, "To"), "<ada@mail.example>");
    EXPECT_EQ(header(mail, "Content-Type"), "multipart/alternative");
    EXPECT_EQ(mail.content.text, "Sign-in from Wien – now. Number: " + std::string(number));
    EXPECT_EQ(mail.content.html, "<p>Sign-in</p>");
    ASSERT_TRUE(mail.number.has_value());
    EXPECT_EQ(crypto::shown(*mail.number), number);
    EXPECT_EQ(mail.to, Email::parse("ada@mail.example"));
    ASSERT_EQ(mail.quoted.size(), 1U);
    EXPECT_TRUE(mail.added.empty());
    // As a mailbox file has it, with the line ends of Unix, and with what relays put before it.
    std::string unix_lines = "From accounts Mon Nov 23 03:00:00 2026\nReceived: by relay\n" + ours();
    std::erase(unix_lines, '\r');
    EXPECT_EQ(only(unix_lines).content, mail.content);
}

TEST(UploadedMail, NamesWhatWasAdded)
{
    const std::string raw = ours();
    const auto with = [&](const std::string& line) { return only(line + "\r\n" + raw).added; };
    using Names = std::vector<std::string_view>;
    EXPECT_EQ(with("reply-to: eve@mail.example"), Names{"Reply-To"});
    EXPECT_EQ(with("FROM: eve@mail.example"), Names{"From"});
    EXPECT_EQ(with("List-Unsubscribe: <https://evil.example>"), Names{"List-Unsubscribe"});
    EXPECT_EQ(with("X-Spam: no"), Names{});
    EXPECT_EQ(read_upload(forwarded_as_attachment("A: b"))->front().added, Names{"attachment"});
    std::string third = raw;
    const std::string boundary = "--=_" + std::string(number);
    third.insert(third.rfind(boundary + "--"), boundary + "\r\nContent-Type: text/plain\r\n\r\nCall us.\r\n");
    EXPECT_EQ(only(third).added, Names{"attachment"});
    EXPECT_EQ(only(third).content, only(raw).content);
}

TEST(UploadedMail, AttachedMailIsReadByItselfAndKeepsItsSignature)
{
    std::vector<DkimSelector> selectors;
    selectors.push_back({"e1", std::move(*crypto::DkimKey::parse(test::ed25519_pem()))});
    DkimKeys keys;
    ASSERT_TRUE(keys.add("e1._domainkey.exchange.example", selectors[0].key.record()));
    const std::string raw = ours(std::move(selectors));
    for (const std::string& upload : {forwarded_as_attachment(raw), [&] {
                                          std::string unix_lines = forwarded_as_attachment(raw);
                                          std::erase(unix_lines, '\r');
                                          return unix_lines;
                                      }()}) {
        const auto read = read_upload(upload);
        ASSERT_TRUE(read.has_value());
        ASSERT_EQ(read->size(), 2U);
        EXPECT_FALSE((*read)[0].number.has_value());
        EXPECT_TRUE((*read)[0].quoted.empty()) << "what is attached is not its own text";
        EXPECT_EQ((*read)[1].content, only(raw).content);
        const auto checked = check_signatures((*read)[1].raw, keys);
        ASSERT_EQ(checked.size(), 1U);
        EXPECT_EQ(checked[0].state, policy::mail_checks::Signature::whole);
    }
}

TEST(UploadedMail, TextAloneIsReadForItsNumber)
{
    const UploadedMail pasted = only("Sign-in from Wien\r\n\r\nNumber: " + std::string(number) + "\r\n");
    ASSERT_EQ(pasted.quoted.size(), 1U);
    EXPECT_EQ(header(pasted, "From"), "(none)");
    const UploadedMail html =
        only("Content-Type: text/html\r\n\r\n<p>V-0000-0000-0000-0000 V-x " + std::string(number));
    EXPECT_EQ(html.quoted.size(), 2U);
    EXPECT_FALSE(html.content.text.has_value());
    std::string many = "a: b\r\n\r\n";
    for (int i = 0; i < 100; ++i) {
        const auto serial = static_cast<std::uint64_t>(i);
        many += crypto::shown({serial, 0}) + "\r\n";
    }
    EXPECT_EQ(only(many).quoted.size(), upload_numbers_max);
}

TEST(UploadedMail, CharsetsAndNulsComeBackAsTheyAre)
{
    EXPECT_EQ(only("Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdf").content.text, "Grüß");
    EXPECT_EQ(only("Content-Type: text/plain; charset=no-such\r\n\r\n\xfc x").content.text, "\xfc x");
    const std::string nul("Content-Type: text/plain\r\n\r\na\0b\r\n", 32);
    EXPECT_EQ(only(nul).content.text, std::string("a\0b", 3)) << "nothing hides behind a NUL";
    const std::string hidden("Subject: Hello\0 and more\r\n\r\n", 28);
    EXPECT_EQ(header(only(hidden), "Subject"), std::string("Hello\0 and more", 15));
    EXPECT_EQ(header(only("Subject: =?utf-8?q?a=0D=0ABcc:_eve?=\r\n\r\n"), "Subject"), "a Bcc: eve");
    EXPECT_EQ(header(only("From: =?utf-8?b?4oCuZXZl?= <eve@mail.example>\r\n\r\n"), "From"),
              "\u202eeve <eve@mail.example>");
}

TEST(UploadedMail, IsRefusedBeyondItsLimits)
{
    EXPECT_EQ(problem_of(""), UploadProblem::empty);
    EXPECT_EQ(problem_of(" \r\n\n"), UploadProblem::empty);
    const std::string head = "Subject: x\r\n\r\n";
    EXPECT_TRUE(read_upload(head + std::string(upload_bytes_max - head.size(), 'a')).has_value());
    EXPECT_EQ(problem_of(head + std::string(upload_bytes_max - head.size() + 1, 'a')),
              UploadProblem::too_large);
    const auto nested = [](int levels) {
        std::string raw;
        for (int i = 0; i < levels; ++i) {
            const std::string boundary = "b" + std::to_string(i);
            raw += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
        }
        return raw + "\r\ntext\r\n";
    };
    EXPECT_TRUE(read_upload(nested(upload_nesting_max - 1)).has_value());
    for (const int levels : {upload_nesting_max + 1, 50, 1000, 4000})
        EXPECT_EQ(problem_of(nested(levels)), UploadProblem::too_complicated) << levels;
    std::string mails = "last\r\n";
    for (int i = 0; i < 6; ++i) mails = "Subject: x\r\nContent-Type: message/rfc822\r\n\r\n" + mails;
    EXPECT_EQ(problem_of(mails), UploadProblem::too_complicated);
    std::string digest = "last\r\n";
    for (int i = 0; i < 40; ++i)
        digest = "Content-Type: multipart/digest; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
                 std::to_string(i) + "\r\n\r\n" + digest;
    EXPECT_EQ(problem_of(digest), UploadProblem::too_complicated);
    std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (std::size_t i = 0; i <= upload_parts_max; ++i) wide += "--b\r\n\r\nx\r\n";
    EXPECT_EQ(problem_of(wide), UploadProblem::too_complicated);
}

// An attachment is told, and never opened: nothing grows.
TEST(UploadedMail, AttachmentsAreNotOpened)
{
    std::string bomb =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/zip\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n";
    while (bomb.size() < upload_bytes_max - 100)
        bomb += "UEsDBBQAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n";
    const UploadedMail mail = only(bomb + "\r\n--b--\r\n");
    EXPECT_EQ(mail.added, std::vector<std::string_view>{"attachment"});
    EXPECT_FALSE(mail.content.text.has_value());
}

// What costs most at the largest size ends (in milliseconds; the limit is for a loaded machine).
TEST(UploadedMail, HostileOnesEndInTime)
{
    const auto filled = [](std::string raw, const std::string& unit) {
        while (raw.size() + unit.size() <= upload_bytes_max) raw += unit;
        return raw;
    };
    const std::string text = "Content-Type: text/plain\r\n\r\n";
    for (const std::string& raw :
         {filled(text, "V-0000-"), filled(text, "\n"), filled(text, "> "),
          filled("Subject: ", "=?utf-8?q?a?= "), filled("To: ", "a@b.example, "), filled("To: ", "(("),
          filled("Content-Type: text/plain; ", "a*1=b; "), filled("", "a: b\r\n"),
          filled("", "DKIM-Signature: v=1; s=e1; d=exchange.example\r\n"),
          filled("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n"),
          filled("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "-"),
          filled("Content-Type: text/plain; charset=utf-7\r\n\r\n", "+AAA"),
          filled("Content-Transfer-Encoding: quoted-printable\r\n\r\n", "="),
          filled("Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n", "M\r\n")}) {
        const auto begun = std::chrono::steady_clock::now();
        const auto read = read_upload(raw);
        if (read)
            for (const UploadedMail& mail : *read) (void)check_signatures(mail.raw, {});
        EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10}) << raw.substr(0, 60);
    }
}

}  // namespace
}  // namespace sallyport::messages
