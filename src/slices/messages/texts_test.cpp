#include "slices/messages/texts.h"

#include "base/check.h"
#include "base/text.h"
#include "support/event_rules.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::messages {
namespace {

const Instant created = from_unix_ms(1'795'331'501'000);

store::OutboxMail row(std::string text, std::string language, std::string code)
{
    return {OutboxId(*uuid_from_text("01932f5e-8a00-7000-8000-0123456789ab")),
            std::nullopt,
            std::move(text),
            "+351912345678",
            std::move(language),
            {{"code", std::move(code)}, {"stop", "7K2MB-XQ4TR"}, {"deed", "Add a passkey"}}};
}

TEST(Texts, AreAsTheyAreAgreed)
{
    const MailBrand brand{"Exchange", "exchange.example"};
    EXPECT_EQ(render_text(brand, row("T1", "en", "123456"), created),
              "123456 is your Exchange code to sign in. Never share it.\n\n@exchange.example #123456");
    EXPECT_EQ(render_text(brand, row("T1", "ar", "123456"), created),
              "123456 رمز دخولك إلى Exchange. لا تشاركه.\n\n@exchange.example #123456");
    EXPECT_EQ(render_text(brand, row("T5", "en", ""), created),
              "Exchange: this number no longer belongs to your account. Not you? Open exchange.example "
              "yourself.");
}

// The table of events knows them all, and names none that there is not.
TEST(Texts, TellOfAnEventOrAreCodes)
{
    std::set<std::string> known;
    for (const auto& rule : sallyport::test::event_rules())
        if (!rule.text.empty()) known.emplace(rule.text);
    for (const auto& one : sallyport::test::messages_without_event())
        if (one.message.starts_with('T')) known.emplace(one.message);
    for (const std::string& text : known) EXPECT_TRUE(text_subject_of(text)) << text;
    for (int i = 1; i < 100; ++i) {
        const std::string text = "T" + std::to_string(i);
        if (text == "T14") continue;  // of a withdrawal, which nobody can ask for yet
        EXPECT_EQ(text_subject_of(text).has_value(), known.contains(text)) << text;
    }
}

TEST(Texts, OneSegmentWhateverBrandAndHost)
{
    const std::string letters(64, 'B');
    const std::string arabic_brand = "بورصة الأصول الرقمية للجميع";
    for (const std::string& name : {std::string("Exchange"), letters, arabic_brand, std::string("[[]]^~|")})
        for (const std::string& host : {std::string("exchange.example"),
                                        std::string("accounts.exchange.example:8443"), std::string(253, 'h')})
            for (const char* kind : {"T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11",
                                     "T12", "T13", "T14", "T15", "T16"})
                for (const char* language : {"en", "ar"})
                    for (const char* code : {"123456", "12345678"}) {
                        const std::string text =
                            render_text({name, host}, row(kind, language, code), created);
                        EXPECT_TRUE(is_one_segment(text)) << text;
                        const bool has_code = std::string_view(kind) <= "T3" && kind[2] == 0;
                        EXPECT_EQ(text.starts_with(code), has_code) << text;  // the code first
                        for (const char* link : {"http", "www.", "/"})
                            EXPECT_EQ(text.find(link), std::string::npos) << text;
                    }
}

TEST(Texts, HoldTheirNumberWhereThereIsRoomAndNoCode)
{
    constexpr std::string_view number = "V-W19Z-WV74-AX11-6AAT";
    const MailBrand brand{"Exchange", "exchange.example"};
    const auto said = [&](const char* kind, const char* language) {
        auto text = row(kind, language, "123456");
        text.number = number;
        const std::string rendered = render_text(brand, text, created);
        EXPECT_TRUE(is_one_segment(rendered)) << rendered;
        return rendered;
    };
    for (const char* kind : {"T1", "T2", "T3"})
        for (const char* language : {"en", "ar"})
            EXPECT_EQ(said(kind, language).find("V-"), std::string::npos) << "a code stands alone";
    EXPECT_EQ(said("T5", "en"),
              "Exchange: this number no longer belongs to your account. Not you? Open exchange.example "
              "yourself. V-W19Z-WV74-AX11-6AAT");
    EXPECT_TRUE(said("T8", "en").ends_with(number));
    // 160 letters are full: what stops a change stays, and the list in the account has the number.
    EXPECT_NE(said("T9", "en").find("7K2MB-XQ4TR"), std::string::npos);
}

TEST(Texts, TheHostsLineStaysBeforeTheBrand)
{
    const std::string text = render_text({std::string(64, 'B'), "accounts.exchange.example"},
                                         row("T1", "ar", "12345678"), created);
    EXPECT_TRUE(text.ends_with("\n\n@accounts.exchange.example #12345678")) << text;
    EXPECT_EQ(text.find('B'), std::string::npos);
    const std::string port = render_text({"E", "localhost:8080"}, row("T1", "en", "123456"), created);
    EXPECT_TRUE(port.ends_with("\n\n@localhost #123456")) << port;
}

TEST(Texts, ACallSaysItTwiceSignBySign)
{
    const MailBrand brand{"Exchange", "exchange.example"};
    const auto spoken = [&](const char* kind, const char* language) {
        auto call = row(kind, language, "482130");
        EXPECT_FALSE(is_call(call));
        call.parameters.emplace_back("call", "yes");
        EXPECT_TRUE(is_call(call));
        return render_text(brand, call, created);
    };
    EXPECT_EQ(spoken("T1", "en"),
              "Hello. This is Exchange. Your code to sign in is: 4, 8, 2, 1, 3, 0. Never tell it to anybody. "
              "Once more: Your code to sign in is: 4, 8, 2, 1, 3, 0. Never tell it to anybody. Goodbye.");
    EXPECT_NE(spoken("T3", "en").find("to approve Add a passkey is: 4, 8, 2, 1, 3, 0."), std::string::npos);
    EXPECT_NE(spoken("T4", "en").find("with code 7, K, 2, M, B, X, Q, 4, T, R"), std::string::npos);
    for (const char* kind :
         {"T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T12", "T13", "T14", "T15", "T16"})
        for (const char* language : {"en", "ar"}) {
            const std::string said = spoken(kind, language);
            for (const char* none : {"482130", "7K2MB", "@exchange", "\n", "\u2068"})
                EXPECT_EQ(said.find(none), std::string::npos) << said;
            EXPECT_NE(said.find("Exchange"), std::string::npos) << said;
            const std::string code = std::string_view(kind) <= "T3" && kind[2] == 0 ? "4, 8, 2, 1, 3, 0" : "";
            const auto first = said.find(code);
            EXPECT_NE(said.find(code, first + 1), std::string::npos) << "twice: " << said;
        }
}

TEST(Texts, HoldTheStopCodeHoweverShort)
{
    for (const char* kind : {"T4", "T6", "T7", "T9", "T10", "T13", "T16"})
        for (const char* language : {"en", "ar"})
            for (const std::size_t letters : {8U, 64U}) {
                const MailBrand brand{std::string(letters, 'B'), "accounts.exchange.example"};
                auto text = row(kind, language, "");
                EXPECT_NE(render_text(brand, text, created).find("7K2MB-XQ4TR"), std::string::npos) << kind;
                text.parameters.clear();
                const std::string plain = render_text(brand, text, created);
                EXPECT_TRUE(is_one_segment(plain)) << plain;
            }
}

TEST(Texts, CountSegmentsAsPhonesDo)
{
    EXPECT_TRUE(is_one_segment(std::string(160, 'a')));
    EXPECT_FALSE(is_one_segment(std::string(161, 'a')));
    EXPECT_TRUE(is_one_segment(std::string(80, '[')));
    EXPECT_FALSE(is_one_segment(std::string(81, '[')));
    std::string arabic;
    for (int i = 0; i < 70; ++i) arabic += "ع";
    EXPECT_TRUE(is_one_segment(arabic));
    EXPECT_FALSE(is_one_segment(arabic + "1"));
    std::string faces;
    for (int i = 0; i < 35; ++i) faces += "\U0001F600";
    EXPECT_TRUE(is_one_segment(faces));
    EXPECT_FALSE(is_one_segment(faces + "1"));
    EXPECT_FALSE(is_one_segment(std::string(71, '`')));  // not of the GSM alphabet
}

TEST(Texts, AnUnknownOneIsOurBug)
{
    EXPECT_THROW(render_text({"E", "e.example"}, row("T0", "en", "1"), created), ProgrammingError);
    auto without = row("T1", "en", "1");
    without.parameters.clear();
    EXPECT_THROW(render_text({"E", "e.example"}, without, created), ProgrammingError);
}

}  // namespace
}  // namespace sallyport::messages
