#include "base/check.h"
#include "render/catalogue.h"
#include "render/format.h"
#include "render/messages.h"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::render {
namespace {

using namespace std::chrono_literals;

constexpr Instant moment = from_unix_ms(1'795'000'000'000);  // 2026-11-18T11:06:40Z

/// ICU puts NARROW NO-BREAK SPACE before AM and PM.
std::string plain_spaces(std::string text)
{
    for (std::size_t at = 0; (at = text.find("\u202F")) != std::string::npos;) text.replace(at, 3, " ");
    return text;
}

TEST(Text, PlainAndWithArguments)
{
    EXPECT_EQ(text(Language::en, Msg::common_skip), "Skip to content");
    EXPECT_EQ(text(Language::en, Msg::example_tries, {{"count", std::int64_t{1}}}), "1 try is left.");
    EXPECT_EQ(text(Language::en, Msg::example_tries, {{"count", std::int64_t{1200}}}),
              "1,200 tries are left.");
    EXPECT_EQ(text(Language::ar, Msg::example_tries, {{"count", std::int64_t{2}}}), "بقيت محاولتان.");
    EXPECT_EQ(key(Msg::common_skip), "common.skip");
}

TEST(Text, IsolatesValuesInRightToLeftText)
{
    EXPECT_EQ(text(Language::en, Msg::example_hint, {{"host", "a.example"}}),
              "You are signing in at a.example.");
    EXPECT_NE(text(Language::ar, Msg::example_hint, {{"host", "a.example"}}).find("\u2068a.example\u2069"),
              std::string::npos);
}

TEST(Text, ValuesAreNoPatterns)
{
    const std::string nasty = "{host} {0} '{' # }";
    EXPECT_EQ(text(Language::en, Msg::example_hint, {{"host", nasty}}),
              "You are signing in at " + nasty + ".");
}

TEST(Text, UnknownNumbersAreOurBug) { EXPECT_THROW(text(Language::en, Msg{1}), ProgrammingError); }

TEST(Text, PseudoLocalesShowThemselves)
{
    const std::string accented = text(Language::en_xa, Msg::common_skip);
    EXPECT_TRUE(accented.starts_with("[") && accented.ends_with("]")) << accented;
    EXPECT_GE(accented.size(), std::string("Skip to content").size() * 14 / 10);
    EXPECT_EQ(accented.find("Skip"), std::string::npos) << accented;
    const std::string filled = text(Language::en_xa, Msg::example_hint, {{"host", "a.example"}});
    EXPECT_NE(filled.find("a.example"), std::string::npos) << filled;
    EXPECT_TRUE(text(Language::ar_xb, Msg::common_skip).starts_with("\u200f\u202e"));
    const std::string counted = text(Language::en_xa, Msg::example_tries, {{"count", std::int64_t{1}}});
    EXPECT_NE(counted.find("1 ţŕý îš ļéfţ"), std::string::npos) << counted;
}

TEST(Text, EveryMessageStandsInEveryLanguage)
{
    std::uint32_t last = 0;
    for (const auto& entry : all_messages()) {
        EXPECT_GT(entry.id, last);
        last = entry.id;
        for (const auto text : entry.texts) EXPECT_FALSE(text.empty()) << entry.key;
    }
}

TEST(Text, IsSafeOnManyThreads)
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (std::int64_t count = 0; count < 200; ++count)
                text(Language::ar, Msg::example_tries, {{"count", count}});
        });
    }
    for (auto& thread : threads) thread.join();
}

TEST(Format, MomentsInTheReadersZone)
{
    EXPECT_EQ(plain_spaces(format_moment({Language::en, "UTC"}, moment)),
              "November 18, 2026 at 11:06 AM UTC");
    EXPECT_EQ(plain_spaces(format_moment({Language::en, "Asia/Tokyo"}, moment)),
              "November 18, 2026 at 8:06 PM");
    EXPECT_EQ(plain_spaces(format_clock({Language::en, "Europe/Lisbon"}, moment)), "11:06 AM");
    EXPECT_EQ(format_day({Language::en, "Pacific/Kiritimati"}, moment), "November 19, 2026");
    EXPECT_EQ(plain_spaces(format_clock({Language::en, "No/Such"}, moment)), "11:06 AM");
    EXPECT_NE(format_day({Language::ar, "UTC"}, moment).find("نوفمبر"), std::string::npos);
    EXPECT_EQ(format_machine(moment), "2026-11-18T11:06:40Z");
    EXPECT_EQ(format_machine(from_unix_ms(-1)), "1969-12-31T23:59:59Z");
}

TEST(Format, DurationsAreRounded)
{
    const std::vector<std::pair<Duration, const char*>> cases{
        {0s, "0 seconds"},        {-5s, "0 seconds"},       {1s, "1 second"},          {89s, "89 seconds"},
        {90s, "about 2 minutes"}, {120s, "2 minutes"},      {140s, "about 2 minutes"}, {15min, "15 minutes"},
        {89min, "89 minutes"},    {90min, "about 2 hours"}, {24h, "24 hours"},         {35h, "35 hours"},
        {36h, "about 2 days"},    {72h, "3 days"},          {72h + 500ms, "3 days"},   {80h, "about 3 days"}};
    for (const auto& [duration, wanted] : cases)
        EXPECT_EQ(format_duration(Language::en, duration), wanted) << duration.count();
}

TEST(Format, Numbers)
{
    EXPECT_EQ(format_number(Language::en, 1234567), "1,234,567");
    EXPECT_EQ(format_number(Language::en, -1), "-1");
}

}  // namespace
}  // namespace sallyport::render
