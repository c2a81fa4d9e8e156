// Anti-phishing words: made, tidied, judged, and compared with the password.
#include "proof/words.h"

#include "base/text.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace sallyport::proof {
namespace {

using policy::words::Refusal;

class Words : public testing::Test {
protected:
    std::optional<Refusal> judge(std::string_view typed, std::string_view current = "")
    {
        const auto tidy = tidy_words(typed);
        if (!tidy) return Refusal::malformed;
        return judge_words(m_w.world, *tidy, m_email, current);
    }

    db::test::FreshDatabase m_fresh = db::test::engines().front().make();
    test::World m_w{m_fresh.database()};
    const Email m_email = *Email::parse("maya.lindqvist@mail.example");
};

struct Made {
    std::string first, second;
    int number = 0;
};
Made split(const std::string& words)
{
    const auto a = words.find(' ');
    const auto b = words.rfind(' ');
    return {words.substr(0, a), words.substr(a + 1, b - a - 1), std::stoi(words.substr(b + 1))};
}

TEST_F(Words, AreMadeOfTwoDifferentWordsAndANumber)
{
    for (const char* language : {"en", "ar", "de"}) {
        const auto list = words_of(language);
        std::map<std::string, int> seen;
        std::set<int> numbers;
        constexpr int draws = 4000;
        for (int n = 0; n < draws; ++n) {
            const Made made = split(generate_words(m_w.random, language));
            EXPECT_NE(made.first, made.second);
            EXPECT_TRUE(made.number >= 10 && made.number <= 99) << made.number;
            ++seen[made.first];
            ++seen[made.second];
            numbers.insert(made.number);
        }
        EXPECT_EQ(numbers.size(), 90U);
        EXPECT_EQ(seen.size(), list.size()) << "every word of the list comes up";
        for (const auto& [word, times] : seen) {
            EXPECT_NE(std::ranges::find(list, word), list.end()) << word;
            EXPECT_LT(times, 8 * 2 * draws / static_cast<int>(list.size())) << word;
        }
    }
    EXPECT_EQ(words_of("ar-EG").data(), words_of("ar").data());
    EXPECT_EQ(words_of("arn").data(), words_of("en").data()) << "Mapudungun is no Arabic";
}

TEST_F(Words, OfOursPassOurOwnRules)
{
    for (const char* language : {"en", "ar"}) {
        const auto list = words_of(language);
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string words =
                std::string(list[i]) + " " + std::string(list[(i + 1) % list.size()]) + " 48";
            EXPECT_FALSE(judge(words).has_value()) << words;
            EXPECT_EQ(tidy_words(words), words);
        }
    }
}

TEST_F(Words, AreTidied)
{
    EXPECT_EQ(tidy_words("  quiet \t otter\u00a0\u2003 77  "), "quiet otter 77");
    EXPECT_EQ(tidy_words("cafe\u0301 au lait"), "caf\u00e9 au lait") << "one form of one letter";
    EXPECT_EQ(tidy_words(" \t "), "");
    EXPECT_EQ(tidy_words("\xff\xfe"), std::nullopt);
    EXPECT_TRUE(tidy_words(std::string(512, 'x')).has_value());
    EXPECT_EQ(tidy_words(std::string(513, 'x')), std::nullopt);
}

TEST_F(Words, AreJudged)
{
    struct Row {
        std::string typed;
        std::optional<Refusal> refusal;
    };
    const std::vector<Row> rows{
        {"quiet otter 77", std::nullopt},
        {"sechs\u00fc", std::nullopt},  // six characters
        {"\u0642\u0645\u0631 \u0647\u0627\u062f\u0626 \u0664\u0668", std::nullopt},
        {"\u0939\u093f\u0928\u094d\u0926\u0940 \u0915\u0935\u093f\u0924\u093e", std::nullopt},  // with marks
        {"short", Refusal::too_short},
        {"", Refusal::too_short},
        {std::string(32, 'q') + "x", Refusal::too_long},
        {"otter\nquiet", Refusal::malformed},
        {"a@b quiet", Refusal::malformed},
        {"quiet <b>otter", Refusal::malformed},
        {"quiet otter \xf0\x9f\xa6\xa6", Refusal::malformed},
        {std::string("quiet\0otter", 11), Refusal::malformed},
        {"quiet\u202eotter", Refusal::malformed},  // turns what follows around
        {"quiet\u200botter", Refusal::malformed},  // cannot be seen
        {"code 12345", Refusal::too_many_digits},
        {"code \u0661\u0662\u0663\u0664\u0665", Refusal::too_many_digits},
        {"code \uff11\uff12\uff13\uff14\uff15", Refusal::too_many_digits},
        {"ab 123 4", Refusal::too_few_letters},
        {"my northstarexchange", Refusal::brand},
        {"N o r t h star Exchange", Refusal::brand},
        {"MAYA and otter", Refusal::address_part},
        {"otterlindqvist", Refusal::address_part},
        {"password", Refusal::common},
        {"iloveyou", Refusal::common},
        {"i love you", Refusal::common},
        {"correct horse battery staple", Refusal::common},
    };
    for (const Row& row : rows) EXPECT_EQ(judge(row.typed), row.refusal) << row.typed;
    EXPECT_EQ(judge("quiet otter 77", "quiet otter 77"), Refusal::is_current);
    EXPECT_EQ(judge("  quiet otter  77", "quiet otter 77"), Refusal::is_current);
    EXPECT_FALSE(judge("quiet otter 78", "quiet otter 77").has_value());
}

class WordsAndPassword : public testing::TestWithParam<db::test::Engine> {
protected:
    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
};
INSTANTIATE_TEST_SUITE_P(Engines, WordsAndPassword, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(WordsAndPassword, AreCompared)
{
    const auto ada = m_w.person({.password = "sevenquaylamps"});
    const auto stored = m_w.credentials(ada.id).password();
    struct Row {
        std::string tidy;
        std::uint64_t hashes;
        bool is_password;
    };
    for (const Row& row : {Row{"sevenquaylamps", 1, true}, Row{"seven quay lamps", 2, true},
                           Row{"quiet otter 77", 2, false}, Row{"quietotter", 1, false}}) {
        const auto before = m_w.hashes.hashes_run();
        const auto verdict = sync_wait(compare_words(m_w.world, row.tidy, stored));
        EXPECT_EQ(verdict.refusal.has_value(), row.is_password) << row.tidy;
        EXPECT_FALSE(verdict.busy_seconds.has_value());
        EXPECT_EQ(m_w.hashes.hashes_run() - before, row.hashes) << row.tidy;
    }
    const auto spaced = m_w.person({.email = "eve@mail.example", .password = "seven quay lamps"});
    const auto with_spaces = m_w.credentials(spaced.id).password();
    EXPECT_EQ(sync_wait(compare_words(m_w.world, "seven quay lamps", with_spaces)).refusal,
              Refusal::is_password);
    EXPECT_FALSE(sync_wait(compare_words(m_w.world, "quiet otter", std::nullopt)).refusal.has_value())
        << "an account without a password";
    test::World busy(m_fresh.database(), 9, test::always_busy());
    const auto unjudged = sync_wait(compare_words(busy.world, "quiet otter", stored));
    EXPECT_FALSE(unjudged.refusal.has_value());
    EXPECT_GE(unjudged.busy_seconds.value_or(0), 1);
}

}  // namespace
}  // namespace sallyport::proof
