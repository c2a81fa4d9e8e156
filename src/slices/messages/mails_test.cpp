#include "base/check.h"
#include "render/messages.h"
#include "slices/messages/mails_fixture.h"
#include "support/dkim_keys.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

namespace sallyport::messages {
namespace {

constexpr std::size_t html_bytes_max = 20 * 1024;  // ux.md M7

/// Signs the mails that are written out, and writes beside them what their domain publishes.
Sender signing_sender(const std::filesystem::path& folder)
{
    std::vector<DkimSelector> selectors;
    selectors.push_back({"r1", std::move(*crypto::DkimKey::parse(test::rsa_pem()))});
    selectors.push_back({"e1", std::move(*crypto::DkimKey::parse(test::ed25519_pem()))});
    std::ofstream dns(folder / "dns.txt");
    for (const DkimSelector& one : selectors)
        dns << one.selector << "._domainkey.exchange.example " << one.key.record() << '\n';
    return {"Exchange", *Email::parse("accounts@exchange.example"), "exchange.example",
            std::make_shared<const DkimSigner>("exchange.example", std::move(selectors))};
}

/// For people and tests/pages/mails.mjs to look at, and for tests/mail to verify, in the folder
/// SALLYPORT_MAIL_PREVIEW: signed at SALLYPORT_MAIL_PREVIEW_AT (Unix seconds).
void write_out(const std::string& name, const store::OutboxMail& row, const RenderedMail& mail)
{
    const char* const named = std::getenv("SALLYPORT_MAIL_PREVIEW");
    if (named == nullptr) return;
    const std::filesystem::path folder(named);
    static const Sender sender = signing_sender(folder);
    const char* const seconds = std::getenv("SALLYPORT_MAIL_PREVIEW_AT");
    const Instant at = seconds == nullptr ? created : from_unix_ms(std::stoll(seconds) * 1000);
    std::ofstream(folder / (name + ".html")) << mail.html;
    std::ofstream(folder / (name + ".txt")) << mail.subject << "\n====\n" << mail.text;
    std::ofstream(folder / (name + ".eml"))
        << compose(sender, {*Email::parse(row.to), mail.subject, mail.text, mail.html, row.id, at,
                            row.language, row.number})
               .raw;
}

// Host and path in one piece: else a reader from right to left sees "recover/stop/accounts.exchange.example".
TEST(MailAddress, IsReadFromLeftToRightInArabic)
{
    constexpr std::string_view isolate = "\u2066", argument = "\u2068", end = "\u2069";
    int seen = 0;
    for (const Kind& kind : kinds) {
        const std::string text = render_mail(brand, row(kind.mail, "ar", true), created).text;
        const std::string after_host = std::string(end) + "/";
        for (auto at = text.find(after_host); at != std::string::npos; at = text.find(after_host, at + 1)) {
            const auto host = text.rfind(argument, at);
            ASSERT_TRUE(host != std::string::npos && host >= isolate.size()) << kind.mail;
            EXPECT_EQ(text.substr(host - isolate.size(), isolate.size()), isolate) << kind.mail;
            ++seen;
        }
    }
    EXPECT_GT(seen, 0);
}

// The one link that a mail may have (ux.md, M3): by the operator's choice, of the own host, in full.
TEST(MailLink, OnlyTheCodeOfAResetHasIt)
{
    MailBrand linking = brand;
    linking.reset_link = "https://accounts.exchange.example/reset/link/";
    const std::string link = linking.reset_link + "48213097";
    for (const char* const language : {"en", "ar"})
        for (const Kind& kind : kinds) {
            const auto mail = render_mail(linking, row(kind.mail, language, true), created);
            const bool has = std::string_view(kind.mail) == "E5";
            if (has) write_out(std::string("E5-") + language + "-link", row("E5", language, true), mail);
            EXPECT_EQ(contains(mail.text, link), has) << kind.mail;
            EXPECT_EQ(contains(mail.html, "<a href=\"" + link + "\"><bdi dir=\"ltr\">" + link), has);
            EXPECT_EQ(contains(mail.text + mail.html, "https:"), has) << kind.mail;
        }
}

class Mails : public testing::TestWithParam<std::tuple<Kind, const char*, bool>> {};

TEST_P(Mails, KeepTheRulesOfEveryMail)
{
    const auto& [kind, language, with_words] = GetParam();
    const RenderedMail mail = render_mail(brand, row(kind.mail, language, with_words), created);
    ASSERT_FALSE(mail.subject.empty());
    EXPECT_TRUE(contains(mail.subject, "Exchange"));
    for (const char* secret : {"48213097", words_of_ada, number_of_mail, lock_code_of_ada, "192.0.2.7", "@"})
        EXPECT_FALSE(contains(mail.subject, secret));
    EXPECT_LE(mail.html.size(), html_bytes_max);
    for (const std::string& part : {mail.text, mail.html}) {
        EXPECT_EQ(contains(part, "48213097"), kind.code);
        EXPECT_EQ(contains(part, words_of_ada), with_words);
        EXPECT_EQ(contains(part, lock_code_of_ada), with_words) << "whoever has no account has no lock";
        EXPECT_EQ(contains(part, "Firefox"), kind.says_browser);
        EXPECT_EQ(contains(part, "192.0.2.7"), kind.says_browser);
        EXPECT_TRUE(contains(part, "accounts.exchange.example"));
        EXPECT_TRUE(contains(part, number_of_mail));
        for (const char* link : {"http:", "https:", "href", "src=", "<img"})
            EXPECT_FALSE(contains(part, link)) << link;
    }
    // The words are the first visible line, in both parts.
    const std::string first_line = mail.text.substr(0, mail.text.find('\n'));
    EXPECT_EQ(contains(first_line, words_of_ada), with_words) << first_line;
    const render::Language read_in = *render::language_of(language);
    EXPECT_EQ(first_line == render::text(read_in, render::Msg::mail_no_words), !with_words);
    EXPECT_TRUE(contains(mail.html, "<html lang=\"" + std::string(language) + "\" dir=\"" +
                                        std::string(render::direction(read_in)) + "\""));

    write_out(std::string(kind.mail) + "-" + language + (with_words ? "" : "-no-words"),
              row(kind.mail, language, with_words), mail);
}

INSTANTIATE_TEST_SUITE_P(All, Mails,
                         testing::Combine(testing::ValuesIn(kinds),
                                          testing::Values("en", "ar", "en-XA", "ar-XB"), testing::Bool()),
                         [](const auto& info) {
                             std::string name = std::string(std::get<0>(info.param).mail) + "_" +
                                                std::get<1>(info.param) +
                                                (std::get<2>(info.param) ? "" : "_no_words");
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(MailsMade, AreAllReadHere)
{
    std::set<std::string> read;
    for (const Kind& kind : kinds) read.insert(kind.mail);
    const auto names = mail_names();
    EXPECT_EQ(read, std::set<std::string>(names.begin(), names.end()));
}

TEST(MailsMade, HaveANumberOnlyWhereTheRowHasOne)
{
    store::OutboxMail old = row("E11", "en", true);
    const RenderedMail numbered = render_mail(brand, old, created);
    EXPECT_TRUE(contains(numbered.text, std::string("Message number: ") + number_of_mail + "\n"));
    EXPECT_TRUE(contains(numbered.text, "accounts.exchange.example/verify"));
    old.number.clear();
    const RenderedMail mail = render_mail(brand, old, created);
    for (const std::string& part : {mail.text, mail.html}) {
        EXPECT_FALSE(contains(part, "V-"));
        EXPECT_FALSE(contains(part, "/verify"));
    }
}

TEST(MailsMade, SayHowToStopOnlyWhereThatCanBeDone)
{
    for (const char* mail : {"E29", "E30", "E25-asked", "E40"}) {
        auto stoppable = row(mail, "en", true);
        EXPECT_TRUE(contains(render_mail(brand, stoppable, created).text, "7K2MB-XQ4TR")) << mail;
        std::erase_if(stoppable.parameters, [](const auto& one) { return one.first == "stop"; });
        const std::string without = render_mail(brand, stoppable, created).text;
        EXPECT_FALSE(contains(without, "/recover/stop")) << mail << without;
    }
}

TEST(MailsMade, NeedWhatTheySay)
{
    EXPECT_THROW((void)render_mail(brand, row("E99", "en", true), created), ProgrammingError);
    store::OutboxMail bare = row("E1", "en", false);
    bare.parameters.clear();
    EXPECT_THROW((void)render_mail(brand, bare, created), ProgrammingError);
}

TEST(MailsMade, FallBackToEnglish)
{
    EXPECT_EQ(render_mail(brand, row("E10", "xx", true), created).subject, "Welcome to Exchange");
}

TEST(MailsMade, NameABrowserThatToldNothing)
{
    store::OutboxMail silent = row("E11", "en", true);
    for (auto& [name, value] : silent.parameters)
        if (name == "browser") value = "?";
    EXPECT_TRUE(contains(render_mail(brand, silent, created).text, "Browser: Unknown browser\n"));
}

TEST(MailsMade, SayHowOftenItHappened)
{
    store::OutboxMail bundle = row("E16", "en", true);
    EXPECT_FALSE(contains(render_mail(brand, bundle, created).text, "times"));
    bundle.parameters.emplace_back("times", "3");
    bundle.parameters.emplace_back("since", "1795331201000");
    const RenderedMail mail = render_mail(brand, bundle, created);
    write_out("E16-en-times", bundle, mail);
    for (const std::string& part : {mail.text, mail.html}) {
        EXPECT_TRUE(contains(part, "This happened 3 times since ")) << part;
        EXPECT_TRUE(contains(part, "7:06")) << part;
    }
}

TEST(MailsMade, ShowTheWordsBeforeForADay)
{
    for (const char* const language : {"en", "ar", "en-XA", "ar-XB"}) {
        store::OutboxMail changed = row("E16", language, true);
        changed.parameters.emplace_back("words_changed_at", "1795331201000");
        changed.parameters.emplace_back("words_before", "old river 48");
        const RenderedMail mail = render_mail(brand, changed, created);
        write_out(std::string("E16-") + language + "-changed", changed, mail);
        const std::string first_line = mail.text.substr(0, mail.text.find('\n'));
        for (const std::string& part : {first_line, mail.html}) {
            EXPECT_LT(part.find(words_of_ada), part.find("old river 48")) << part;
            EXPECT_TRUE(contains(part, "old river 48")) << part;
        }
        EXPECT_FALSE(contains(mail.subject, "river"));
    }
    EXPECT_EQ(render_mail(brand, row("E16", "en", true), created).text.find("before"), std::string::npos);
}

TEST(MailsMade, SayUntilWhenACodeWorks)
{
    const RenderedMail mail = render_mail(brand, row("E1", "en", false), created);
    EXPECT_TRUE(contains(mail.text, "7:26")) << mail.text;  // 15 minutes after 07:11
}

}  // namespace
}  // namespace sallyport::messages
