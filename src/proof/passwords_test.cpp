// Which passwords may be, with each refusal reached, and what a check costs.
#include "proof/passwords.h"

#include "crypto/hash.h"
#include "proof/tokens.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::proof {
namespace {

using policy::passwords::Refusal;

/// A range service as the test says.
class Range final : public ports::BreachRange {
public:
    Task<std::string> range(std::string prefix) override
    {
        asked.push_back(std::move(prefix));
        if (down) throw Unavailable("down");
        co_return answer;
    }
    std::vector<std::string> asked;
    std::string answer;
    bool down = false;
};

std::string upper_sha1(std::string_view text)
{
    std::string hex = to_hex(crypto::sha1(as_bytes(text)));
    std::ranges::transform(hex, hex.begin(),
                           [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
    return hex;
}

constexpr std::string_view good = "seven llamas knitting";

class Passwords : public testing::Test {
protected:
    std::optional<Refusal> judge(std::string_view typed, bool second_factor = true)
    {
        PasswordOwner owner{Email::parse("josephine.baker@mail.example"), {"amber river 48"}, second_factor};
        return sync_wait(judge_typed(m_w.world, Secret::from_text(typed), std::move(owner)));
    }
    store::StoredHash hashed(std::string_view text)
    {
        auto answer = sync_wait(hash_password(m_w.world, Secret::from_text(text)));
        return *answer.hash;
    }

    db::test::FreshDatabase m_fresh = db::test::engines().at(0).make();
    test::World m_w{m_fresh.database()};
    Range m_range;
    test::CapturedLog m_log;
    std::uint64_t m_cost = 0;
    std::uint64_t m_work = 0;
};

TEST_F(Passwords, EachRefusalIsReached)
{
    struct Row {
        std::string typed;
        bool second_factor;
        std::optional<Refusal> refusal;
    };
    const std::vector<Row> rows{
        {std::string(good), true, std::nullopt},
        {"\xff\xfe not text at all", true, Refusal::malformed},
        {"tab\tin the middle of it", true, Refusal::malformed},
        {std::string("nul\0in the middle", 17), true, Refusal::malformed},
        {std::string(257, 'x'), true, Refusal::too_long},
        {"kurz wie 11", true, Refusal::too_short},
        {"vierzehn lang!", false, Refusal::too_short},
        {"fünfzehn lang ö", false, std::nullopt},
        {"Josephine.Baker1906", true, Refusal::own_name},
        {"amber river 48", true, Refusal::own_name},
        {"NorthstarExchange!", true, Refusal::operator_name},
        {"password1234", true, Refusal::blocklisted},
    };
    for (const Row& row : rows) EXPECT_EQ(judge(row.typed, row.second_factor), row.refusal) << row.typed;
    // Counted in code points after NFC: a letter and its accent are one.
    EXPECT_EQ(judge("o\xcc\x88o\xcc\x88o\xcc\x88 o\xcc\x88 zzqq"), Refusal::too_short);
}

TEST_F(Passwords, TheRangeServiceIsToldFiveDigitsAndBelieved)
{
    m_w.world.breach_range = &m_range;
    const std::string digest = upper_sha1(good);
    struct Row {
        std::string answer;
        std::optional<Refusal> refusal;
    };
    const std::string suffix = digest.substr(5);
    const std::string other(35, 'A');
    const std::vector<Row> rows{{other + ":3\r\n" + suffix + ":12\r\n", Refusal::breached},
                                {suffix + ":1", Refusal::breached},
                                {suffix + ":0\r\n" + other + ":4", std::nullopt},
                                {other + ":3", std::nullopt},
                                {"X" + suffix + ":3", std::nullopt},
                                {"", std::nullopt},
                                {"<html>rubbish</html>", std::nullopt},
                                {suffix, std::nullopt},
                                {std::string("\0\xff\n:::", 6), std::nullopt}};
    for (const Row& row : rows) {
        m_range.answer = row.answer;
        EXPECT_EQ(judge(good), row.refusal) << row.answer;
    }
    for (const std::string& asked : m_range.asked) EXPECT_EQ(asked, digest.substr(0, 5));
    const std::size_t before = m_range.asked.size();
    EXPECT_EQ(judge("password1234"), Refusal::blocklisted);
    EXPECT_EQ(m_range.asked.size(), before) << "what is refused already is told to nobody";
}

TEST_F(Passwords, AServiceThatIsDownRefusesNobody)
{
    m_w.world.breach_range = &m_range;
    m_range.down = true;
    EXPECT_FALSE(judge(good).has_value());
    EXPECT_EQ(m_log.lines(log::Level::warning).size(), 1U);
    EXPECT_EQ(judge("password1234"), Refusal::blocklisted);
}

TEST_F(Passwords, TheLastTenAreRefused)
{
    std::vector<store::StoredHash> earlier{hashed(good)};
    for (int n = 1; n < 12; ++n) earlier.push_back(hashed("an older one of mine " + std::to_string(n)));
    const auto refusal = [&](std::string_view typed) {
        const auto hashes = m_w.hashes.hashes_run();
        const auto judged =
            sync_wait(judge_new(m_w.world, Secret::from_text(typed), {std::nullopt, {}, true}, earlier));
        EXPECT_FALSE(judged.busy_seconds.has_value());
        m_cost = m_w.hashes.hashes_run() - hashes;
        return judged.refusal;
    };
    EXPECT_EQ(refusal(good), Refusal::is_current);
    EXPECT_EQ(refusal("an older one of mine 1"), Refusal::is_old);
    EXPECT_EQ(refusal("an older one of mine 9"), Refusal::is_old);
    EXPECT_FALSE(refusal("an older one of mine 10").has_value()) << "the current one and nine before it";
    EXPECT_FALSE(refusal("a wholly different thing").has_value());
    EXPECT_EQ(m_cost, 10U);
    EXPECT_EQ(refusal("short"), Refusal::too_short);
    EXPECT_EQ(m_cost, 0U) << "what is refused already costs no hash";
}

TEST_F(Passwords, ACheckIsOneHashOfTheDearestWhoeverIsAsked)
{
    const store::StoredHash stored = hashed(good);
    constexpr crypto::HashParameters dear{.memory_kib = 256, .passes = 2};
    const auto check = [&](std::string_view typed, std::optional<store::StoredHash> against) {
        const auto hashes = m_w.hashes.hashes_run();
        const auto work = m_w.hashes.work_done();
        const auto answer =
            sync_wait(check_password(m_w.world, Secret::from_text(typed), std::move(against), dear));
        EXPECT_EQ(m_w.hashes.hashes_run() - hashes, 1U);
        m_work = m_w.hashes.work_done() - work;
        return answer.outcome;
    };
    EXPECT_EQ(check("wrong", stored), crypto::PoolOutcome::mismatch);
    const auto known = m_work;
    EXPECT_EQ(check("wrong", std::nullopt), crypto::PoolOutcome::mismatch);
    EXPECT_EQ(m_work, known);
    EXPECT_GE(known, dear.work());
    EXPECT_EQ(check(good, stored), crypto::PoolOutcome::match);
    EXPECT_EQ(check(good, std::nullopt), crypto::PoolOutcome::mismatch);
    EXPECT_EQ(check("\xff", stored), crypto::PoolOutcome::mismatch);
    // A password is what a person sees: composed or decomposed is one.
    const store::StoredHash accented = hashed("caf\xc3\xa9 au lait, please");
    EXPECT_EQ(check("cafe\xcc\x81 au lait, please", accented), crypto::PoolOutcome::match);
}

TEST_F(Passwords, AFullPoolIsSaidAndNothingIsJudged)
{
    const store::StoredHash stored = hashed(good);
    test::World busy(m_fresh.database(), 9, test::always_busy());
    EXPECT_EQ(sync_wait(check_password(busy.world, Secret::from_text(good), stored, std::nullopt)).outcome,
              crypto::PoolOutcome::busy);
    EXPECT_FALSE(sync_wait(hash_password(busy.world, Secret::from_text(good))).hash.has_value());
    const auto judged = sync_wait(judge_new(busy.world, Secret::from_text("a wholly different thing"),
                                            {std::nullopt, {}, true}, {stored}));
    EXPECT_FALSE(judged.refusal.has_value());
    EXPECT_GE(judged.busy_seconds.value_or(0), 1);
}

TEST(Tokens, AreTwoHundredFiftySixBitsOfBase64url)
{
    test::SeededRandom random(3);
    const FreshToken token = fresh_token(random);
    EXPECT_EQ(token.text.size(), 43U);
    EXPECT_EQ(token_hash_of(token.text.reveal_text()), token.hash);
    const std::string text(token.text.reveal_text());
    for (const std::string& other :
         {std::string(), text.substr(1), text + "A", text + "=", "+" + text.substr(1), std::string(43, '!')})
        EXPECT_FALSE(token_hash_of(other).has_value()) << other;
}

}  // namespace
}  // namespace sallyport::proof
