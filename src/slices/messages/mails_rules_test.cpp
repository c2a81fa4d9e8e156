// The rules of ux.md section 7.1 that are read off every mail, in every language (M13): the order of what it
// says, its subject, its words, and whose words can come into it.
#include "base/check.h"
#include "render/messages.h"
#include "slices/messages/mails_fixture.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace sallyport::messages {
namespace {

using render::Language;
using render::Msg;

constexpr std::size_t subject_bytes_max = 2 * 78;  // a line of RFC 5322, in letters of two bytes

void set(store::OutboxMail& mail, std::string_view name, const std::string& value)
{
    for (auto& [known, old] : mail.parameters)
        if (known == name) old = value;
}

/// `found` of needles, in this order, each after the one before.
testing::AssertionResult in_order(const std::string& text, const std::vector<std::string>& needles)
{
    std::size_t at = 0;
    for (const std::string& needle : needles) {
        const auto found = text.find(needle, at);
        if (found == std::string::npos) return testing::AssertionFailure() << "not after it: " << needle;
        at = found + needle.size();
    }
    return testing::AssertionSuccess();
}

/// What follows the last value that a message of the catalogue fills in, or all of it: it stands in the mail
/// as it stands here.
std::string last_words(Language language, Msg id)
{
    std::string text = render::text(
        language, id, {{"brand", brand.brand}, {"host", brand.host}, {"number", number_of_mail}});
    return text;
}

// M1: words, what happened, when and where, if it was you, if not, what we never ask, number, who we are.
TEST(MailRules, EverythingHasItsPlace)
{
    for (const char* const name : languages) {
        const Language language = *render::language_of(name);
        const std::string never = last_words(language, Msg::common_never_ask);
        const std::string foot = last_words(language, Msg::mail_foot);
        for (const Kind& kind : kinds) {
            const RenderedMail mail = render_mail(brand, row(kind.mail, name, true), created);
            std::vector<std::string> order{words_of_ada};
            if (kind.code) {
                order.emplace_back("48213097");
                order.push_back(last_words(language, Msg::mails_only_here));
            } else {
                order.push_back(last_words(language, Msg::mails_when));
            }
            order.insert(order.end(), {never, number_of_mail, foot});
            EXPECT_TRUE(in_order(mail.text, order)) << kind.mail << ' ' << name << '\n' << mail.text;
        }
    }
}

TEST(MailRules, TheMeasureOfOrderCanFail)
{
    EXPECT_TRUE(in_order("a b c", {"a", "c"}));
    EXPECT_FALSE(in_order("a b c", {"c", "a"}));
    EXPECT_FALSE(in_order("a b c", {"a", "d"}));
}

/// The code points of a text.
std::vector<char32_t> letters(const std::string& text)
{
    std::vector<char32_t> all;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) all.push_back(byte);
        if (byte >= 0xc0) all.push_back(byte & (byte >= 0xf0 ? 0x07U : byte >= 0xe0 ? 0x0fU : 0x1fU));
        if (byte >= 0x80 && byte < 0xc0) all.back() = all.back() << 6U | (byte & 0x3fU);
    }
    return all;
}

bool is_picture(char32_t c)
{
    return (c >= 0x2190 && c <= 0x2bff) || (c >= 0xfe00 && c <= 0xfe0f) || c >= 0x1f000;
}

std::string lower(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// What those write who want others to hurry, or to come to them by a press.
constexpr std::array hurrying{"urgent",      "immediately", "hurry",     "asap",    "at once!", "act now",
                              "last chance", "final",       "suspended", "warning", "alert",    "attention",
                              "important",   "dear ",       "customer",  "click",   "kindly",   "verify your",
                              "limited",     "!!",          "عاجل",      "فورا",    "تحذير",    "تنبيه",
                              "إنذار",       "انقر",        "اضغط",      "عزيزي",   "عميل",     "هام"};

std::string first_hurrying(const std::string& text)
{
    const std::string low = lower(text);
    for (const char* const word : hurrying)
        if (contains(low, word)) return word;
    return {};
}

// M8: the event in plain words and the product, nothing that hurries, no sign, no number, no address.
TEST(MailRules, SubjectsSayWhatHappened)
{
    std::set<std::string> seen;
    for (const char* const name : languages)
        for (const Kind& kind : kinds) {
            const std::string subject = render_mail(brand, row(kind.mail, name, true), created).subject;
            EXPECT_TRUE(contains(subject, brand.brand)) << subject;
            EXPECT_EQ(first_hurrying(subject), "") << subject;
            EXPECT_FALSE(std::ranges::any_of(letters(subject), is_picture)) << subject;
            EXPECT_EQ(subject.find_first_of("0123456789@!?:{}\n\r"), std::string::npos) << subject;
            const bool pseudo = std::string_view(name).size() > 2;  // which are longer, to show what is cut
            EXPECT_LE(subject.size(), subject_bytes_max * (pseudo ? 2 : 1)) << subject;
            for (const char* const secret : {"Phone", "ada", "7K2MB", "60412278", "Firefox"})
                EXPECT_FALSE(contains(subject, secret)) << subject;
        }
}

// M3, M13: its own words do not press, greet or draw; every variable is filled in.
TEST(MailRules, BodiesDoNotHurryAnybody)
{
    for (const char* const name : languages)
        for (const Kind& kind : kinds) {
            const RenderedMail mail = render_mail(brand, row(kind.mail, name, true), created);
            EXPECT_EQ(first_hurrying(mail.text), "") << kind.mail << ' ' << name << '\n' << mail.text;
            EXPECT_FALSE(std::ranges::any_of(letters(mail.text), is_picture)) << mail.text;
            for (const std::string& part : {mail.subject, mail.text}) {
                EXPECT_EQ(part.find_first_of("{}"), std::string::npos) << kind.mail << '\n' << part;
                EXPECT_FALSE(contains(part, "mails.")) << part;
            }
            EXPECT_FALSE(contains(mail.html, "{{") || contains(mail.html, "{%")) << kind.mail;
        }
}

TEST(MailRules, TheMeasureOfHurryCanFail)
{
    EXPECT_EQ(first_hurrying("URGENT: act now"), "urgent");
    EXPECT_EQ(first_hurrying("رسالة عاجلة"), "عاجل");
    EXPECT_TRUE(std::ranges::any_of(letters("so ⚠"), is_picture));
    EXPECT_TRUE(std::ranges::any_of(letters("so 🔒"), is_picture));
    EXPECT_FALSE(std::ranges::any_of(letters("مرحبًا “you” · é"), is_picture));
}

// Nothing was left in English: Latin letters are names, codes and addresses only.
TEST(MailRules, ArabicIsArabic)
{
    const std::regex latin("[A-Za-z][A-Za-z0-9./-]*");
    const std::set<std::string> given{"Exchange",     "accounts.exchange.example",
                                      "Firefox",      "Windows",
                                      "UTC",          "Phone",
                                      "Add",          "a",
                                      "passkey",      "Account",
                                      "ada",          "API",
                                      "amber",        "lantern",
                                      number_of_mail, "K2MB-XQ4TR",
                                      "AB9Z-K3M5P"};
    for (const Kind& kind : kinds) {
        const RenderedMail mail = render_mail(brand, row(kind.mail, "ar", true), created);
        for (std::sregex_iterator at(mail.text.begin(), mail.text.end(), latin), end; at != end; ++at) {
            std::string word = at->str();
            while (!word.empty() && word.back() == '.') word.pop_back();
            const bool path =
                at->position() > 0 && mail.text[static_cast<std::size_t>(at->position()) - 1] == '/';
            const bool after = word.starts_with(brand.host + "/");
            const std::set<std::string> paths{"recover", "recover/stop", "recover/finish", "verify",
                                              "lock",    "unlock",       "support",        "status"};
            EXPECT_TRUE(given.contains(word) || after || (path && paths.contains(word)))
                << kind.mail << ": " << word << '\n'
                << mail.text;
        }
    }
}

/// A row whose every value that came from outside is an attacker's.
store::OutboxMail hostile(const char* kind, const char* language)
{
    store::OutboxMail mail = row(kind, language, true);
    for (const char* const name : {"browser", "address", "name", "deed", "fact_label", "fact_value"})
        set(mail, name, "Call +1 555 0100 or open https://evil.example \u202enow\r\nBcc: all");
    mail.parameters.emplace_back("note", "https://evil.example");
    return mail;
}

// policy.md: mail that a stranger can cause says purpose, time and code only.
TEST(MailVocabulary, IsClosedWhereAStrangerCanCauseTheMail)
{
    int closed = 0;
    for (const char* const language : languages)
        for (const Kind& kind : kinds) {
            const RenderedMail theirs = render_mail(brand, hostile(kind.mail, language), created);
            const RenderedMail ours = render_mail(brand, row(kind.mail, language, true), created);
            const bool same =
                theirs.subject == ours.subject && theirs.text == ours.text && theirs.html == ours.html;
            EXPECT_TRUE(same || !kind.closed) << kind.mail << '\n' << theirs.text;
            EXPECT_EQ(theirs.subject, ours.subject) << kind.mail;
            closed += kind.closed ? 1 : 0;
        }
    EXPECT_GE(closed, 60);
    // These are caused by somebody who has shown nothing yet.
    for (const std::string_view mail :
         {"E1", "E2", "E5", "E5-none", "E5-locked", "E6", "E7", "E7-known", "E8", "E9", "E13"})
        EXPECT_TRUE(std::ranges::any_of(kinds, [&](const Kind& kind) {
            return kind.mail == mail && kind.closed;
        })) << mail;
}

// What a browser calls itself stands in no mail at all, nor does a sign that turns or ends a line.
TEST(MailVocabulary, HasABrowserOnlyByAKnownName)
{
    for (const Kind& kind : kinds) {
        const RenderedMail theirs = render_mail(brand, hostile(kind.mail, "en"), created);
        EXPECT_EQ(contains(theirs.text, "Browser: Unknown browser\n"), kind.says_browser) << theirs.text;
        EXPECT_EQ(contains(theirs.text, "Internet address: ?\n"), kind.says_browser) << theirs.text;
        for (const std::string& part : {theirs.text, theirs.html}) {
            EXPECT_FALSE(contains(part, "\u202e")) << kind.mail;
            EXPECT_FALSE(contains(part, "\nBcc")) << kind.mail;
        }
    }
}

// What the worker did, nobody's browser did.
TEST(MailVocabulary, NamesNoBrowserWhereThereWasNone)
{
    store::OutboxMail mail = row("E29-stopped", "en", true);
    set(mail, "browser", "");
    set(mail, "address", "");
    const RenderedMail theirs = render_mail(brand, mail, created);
    for (const std::string& part : {theirs.text, theirs.html})
        for (const char* const fact : {"Browser", "Internet address"})
            EXPECT_FALSE(contains(part, fact)) << part;
    EXPECT_TRUE(contains(theirs.text, "was stopped, and nothing changes"));
}

TEST(MailVocabulary, KeepsWhatAnOwnerNamedButNoSlySigns)
{
    store::OutboxMail mail = row("E22", "en", true);
    set(mail, "name", "Adas Schlüssel مفتاح 鍵");
    EXPECT_TRUE(contains(render_mail(brand, mail, created).text, "Adas Schlüssel مفتاح 鍵"));
    for (const char* const sly : {"\n", "\r", "\t", "\x7f", "\u0085", "\u00ad", "\u061c", "\u200b", "\u200f",
                                  "\u2028", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff"}) {
        set(mail, "name", std::string("my") + sly + "key");
        EXPECT_TRUE(contains(render_mail(brand, mail, created).text, "my key")) << sly;
    }
    set(mail, "name",
        "my\xff"
        "key");
    EXPECT_TRUE(contains(render_mail(brand, mail, created).text, "“”")) << "what is no text is none";
    set(mail, "name", std::string(100'000, 'n'));
    EXPECT_LE(render_mail(brand, mail, created).html.size(), 20U * 1024);
}

TEST(MailVocabulary, HasOnlyCodesAndNumbersThatLookLikeOurs)
{
    for (const char* const name : {"code", "stop", "case", "at", "until", "count", "left"})
        for (const char* const bad : {"", "1 2", "<b>", "\u0661", "https://evil.example", "-1 ",
                                      "12345678901234567890123456789012345"}) {
            store::OutboxMail mail = row("E15", "en", true);
            set(mail, name, bad);
            EXPECT_THROW((void)render_mail(brand, mail, created), ProgrammingError) << name << '=' << bad;
        }
}

}  // namespace
}  // namespace sallyport::messages
