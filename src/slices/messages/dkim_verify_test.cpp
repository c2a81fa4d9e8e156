// That the verdicts are those of dkimpy is shown by tests/mail/verdicts.py, which has this program write them
// (Verdicts, below).
#include "slices/messages/dkim_verify.h"

#include "slices/messages/compose.h"
#include "slices/messages/mail_head.h"
#include "support/dkim_keys.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sallyport::messages {
namespace {

using policy::mail_checks::Signature;

constexpr Instant at{std::chrono::milliseconds{1'790'000'000'123}};

struct Signed {
    std::string raw;
    DkimKeys keys;
};
Signed signed_mail()
{
    Signed made;
    std::vector<DkimSelector> selectors;
    selectors.push_back({"r1", std::move(*crypto::DkimKey::parse(test::rsa_pem()))});
    selectors.push_back({"e1", std::move(*crypto::DkimKey::parse(test::ed25519_pem()))});
    for (const DkimSelector& one : selectors)
        EXPECT_TRUE(made.keys.add(one.selector + "._domainkey.Exchange.example", one.key.record()));
    const Sender sender{"Exchange", *Email::parse("security@exchange.example"), "exchange.example",
                        std::make_shared<const DkimSigner>("exchange.example", std::move(selectors))};
    made.raw =
        compose(sender, {*Email::parse("ada@mail.example"), "A new sign-in", "text  here\n", "<p>text</p>\n",
                         OutboxId(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab")), at, "en"})
            .raw;
    return made;
}

std::vector<Signature> states(const std::string& raw, const DkimKeys& keys)
{
    std::vector<Signature> out;
    for (const CheckedSignature& one : check_signatures(raw, keys)) out.push_back(one.state);
    return out;
}
std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    const std::size_t found = text.find(what);
    EXPECT_NE(found, std::string::npos) << what;
    return text.replace(found, what.size(), by);
}
const std::vector<Signature> both_whole{Signature::whole, Signature::whole};
const std::vector<Signature> both_broken{Signature::broken, Signature::broken};

TEST(DkimVerify, OurOwnAreWholeUntilTheyAreChanged)
{
    const auto [raw, keys] = signed_mail();
    const auto checked = check_signatures(raw, keys);
    ASSERT_EQ(checked.size(), 2U);
    EXPECT_EQ(checked[0].name, "r1._domainkey.exchange.example");
    EXPECT_EQ(checked[1].name, "e1._domainkey.exchange.example");
    EXPECT_EQ(checked[0].ends, from_unix_ms(1'790'604'800'000));
    EXPECT_EQ(states(raw, keys), both_whole);
    EXPECT_EQ(states("Received: from relay\r\n\tby here\r\n" + raw, keys), both_whole);
    EXPECT_EQ(states(replaced(raw, "Subject: A new", "subject:  A\r\n new"), keys), both_whole) << "relaxed";
    const std::vector<Signature> body{Signature::body_differs, Signature::body_differs};
    EXPECT_EQ(states(raw + "Call this number.\r\n", keys), body);
    for (const auto& [what, by] : {std::pair{"Subject: A", "Subject: The"},
                                   {"\r\nTo: <ada", "\r\nTo: <eve"},
                                   {"\r\nDate: ", "\r\nReply-To: eve@mail.example\r\nDate: "},
                                   {"\r\nDate: ", "\r\nFrom: eve@mail.example\r\nDate: "},
                                   {"\r\nDate: ", "\r\nsubject: another\r\nDate: "}})
        EXPECT_EQ(states(replaced(raw, what, by), keys), both_broken) << by;
}

TEST(DkimVerify, AskOnlyKeysThatAreKnown)
{
    const auto [raw, keys] = signed_mail();
    const std::vector<Signature> none{Signature::none, Signature::none};
    EXPECT_EQ(states(raw, DkimKeys()), none);
    const auto other = signed_mail();
    EXPECT_EQ(states(raw, other.keys), both_broken) << "another key of the same name";
    EXPECT_EQ(states("From: ada@mail.example\r\n\r\ntext\r\n", keys), std::vector<Signature>{});
    DkimKeys unusable;
    EXPECT_FALSE(unusable.add("s._domainkey.d.example", "v=DKIM1; p="));
    EXPECT_EQ(unusable.find("s", "d.example"), nullptr);
}

TEST(DkimVerify, SignaturesOfAnyFormAreRead)
{
    const auto [raw, keys] = signed_mail();
    for (const char* header :
         {"DKIM-Signature:", "DKIM-Signature: v=1", "DKIM-Signature: ;;;",
          "DKIM-Signature: =", "DKIM-Signature: v=1; v=1; s=r1; d=exchange.example",
          "DKIM-Signature: v=1; a=rsa-sha256; s=r1; d=exchange.example; h=from; bh=; b=",
          "DKIM-Signature: v=1; a=ed25519-sha256; s=r1; d=exchange.example; h=from; bh=AA==; b=AA==",
          "DKIM-Signature: v=1; a=rsa-sha256; c=simple/; s=r1; d=exchange.example; h=from; bh=AA==; b=AA==",
          "DKIM-Signature: v=1; a=rsa-sha256; l=1; s=r1; d=exchange.example; h=from; bh=AA==; b=AA==",
          "DKIM-Signature: v=1; a=rsa-sha256; s=r1; d=exchange.example; x=-1; h=from; bh=AA==; b=AA==",
          "DKIM-Signature: v=1; a=rsa-sha256; s=r1; d=exchange.example; h=to; bh=AA==; b=AA=="}) {
        const auto found = states(std::string(header) + "\r\n" + raw, keys);
        ASSERT_EQ(found.size(), 3U) << header;
        EXPECT_NE(found[0], Signature::whole) << header;
        EXPECT_EQ(found[1], Signature::whole) << header;
    }
    std::string many = raw;
    for (std::size_t i = 0; i < 2 * signatures_max; ++i) many.insert(0, "DKIM-Signature: v=1\r\n");
    EXPECT_EQ(states(many, keys).size(), signatures_max);
    EXPECT_TRUE(states("no header here\r\n" + raw, keys).empty()) << "nobody verifies a broken head";
}

TEST(MailHead, EndsAtTheFirstEmptyLine)
{
    const auto head = head_of("A: 1\r\n\t2\r\nb : 3\r\n\r\nbody\r\n\r\n");
    ASSERT_EQ(head.headers.size(), 2U);
    EXPECT_EQ(head.headers[0].name, "a");
    EXPECT_EQ(head.headers[0].raw, "A: 1\r\n\t2\r\n");
    EXPECT_EQ(head.headers[1].name, "b");
    EXPECT_EQ(head.body, "body\r\n\r\n");
    EXPECT_FALSE(head.has_other_lines);
    EXPECT_TRUE(head_of("A: 1\r\njunk\r\n\r\n").has_other_lines);
    EXPECT_TRUE(head_of("A: 1").has_other_lines) << "a line without an end";
    EXPECT_TRUE(head_of("a b: 1\r\n").headers.empty());
    EXPECT_TRUE(head_of("").headers.empty());
    EXPECT_EQ(head_of("\r\nbody").body, "body");
    std::string many;
    for (std::size_t i = 0; i <= mail_headers_max; ++i) many += "a: 1\r\n";
    EXPECT_EQ(head_of(many).headers.size(), mail_headers_max);
    EXPECT_TRUE(head_of(many).has_other_lines);
}

TEST(MailHead, IsMadeOfLinesHoweverTheyEnd)
{
    EXPECT_EQ(with_crlf("a: 1\n\nb\r\nc\rd\n"), "a: 1\r\n\r\nb\r\nc\rd\r\n");
    EXPECT_EQ(with_crlf("\xef\xbb\xbf\n \nFrom ada Mon Nov 23\na: 1\n"), "a: 1\r\n");
    EXPECT_EQ(with_crlf("From ada"), "");
    EXPECT_EQ(with_crlf(" \r\n"), "");
}

/// tests/mail/verdicts.py: what we say of mails in the folder SALLYPORT_MAIL_VERDICTS, by the keys in its
/// records.txt (name, space, record); into verdicts.txt, a line a mail: its name, and the first two
/// signatures: 1 where it is whole.
TEST(Verdicts, AreWrittenForThoseWhoCompareThem)
{
    const char* const named = std::getenv("SALLYPORT_MAIL_VERDICTS");
    if (named == nullptr) GTEST_SKIP() << "only for tests/mail/verdicts.py";
    const std::filesystem::path folder(named);
    DkimKeys keys;
    std::ifstream records(folder / "records.txt");
    for (std::string line; std::getline(records, line);) {
        const std::size_t space = line.find(' ');
        ASSERT_TRUE(keys.add(line.substr(0, space), line.substr(space + 1))) << line;
    }
    std::ofstream out(folder / "verdicts.txt");
    int mails = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".eml") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string raw(std::istreambuf_iterator<char>(in), {});
        out << entry.path().filename().string();
        for (const Signature one : states(with_crlf(raw), keys))
            out << (one == Signature::whole ? " 1" : " 0");
        out << '\n';
        ++mails;
    }
    EXPECT_GT(mails, 0);
}

}  // namespace
}  // namespace sallyport::messages
