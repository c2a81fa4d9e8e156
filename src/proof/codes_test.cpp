// Codes of an app and of the kit, against rows of both engines.
#include "proof/codes.h"

#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::proof {
namespace {

using policy::factors::CodeAnswer;
using test::Person;
using test::start_of_test;
constexpr Duration step = std::chrono::seconds{30};

class Codes : public testing::TestWithParam<db::test::Engine> {
protected:
    TotpOutcome check(const Person& person, std::string typed)
    {
        return m_w.transact([&](db::Tx& tx) {
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, person.id);
            return check_totp(tx, m_w.world, set, typed, m_w.clock.now());
        });
    }
    std::int64_t drift_of(const Person& person)
    {
        return m_w.transact([&](db::Tx& tx) {
            return store::CredentialSet::load(tx, m_w.keys.keys, person.id)
                .totp_apps(tx, m_w.keys.keys)
                .at(0)
                .drift;
        });
    }
    Instant now() { return m_w.clock.now(); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
};
INSTANTIATE_TEST_SUITE_P(Engines, Codes, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Codes, AStepIsAcceptedOnceHoweverItIsWritten)
{
    const Person ada = m_w.person();
    const std::string code = ada.code(now());
    EXPECT_EQ(check(ada, code.substr(0, 3) + " " + code.substr(3)).answer, CodeAnswer::accepted);
    EXPECT_EQ(check(ada, code).answer, CodeAnswer::replayed);
    std::string full_width;
    for (const char digit : code)
        full_width += std::string("\xef\xbc") + static_cast<char>(0x90 + (digit - '0'));
    EXPECT_EQ(check(ada, full_width).answer, CodeAnswer::replayed);
    std::string arabic;
    for (const char digit : code) arabic += std::string("\xd9") + static_cast<char>(0xa0 + (digit - '0'));
    EXPECT_EQ(check(ada, arabic).answer, CodeAnswer::replayed);
    EXPECT_EQ(check(ada, ada.code(now(), -1)).answer, CodeAnswer::replayed) << "older than the newest spent";
    m_w.clock.advance(step);
    EXPECT_EQ(check(ada, ada.code(now())).answer, CodeAnswer::accepted);
}

TEST_P(Codes, WhatIsNoCodeIsWrong)
{
    const Person ada = m_w.person();
    for (const std::string typed : {"", "12345", "1234567", "abcdef", "\xff\xff"})
        EXPECT_EQ(check(ada, typed).answer, CodeAnswer::wrong) << typed;
    EXPECT_EQ(check(ada, ada.wrong_code(now())).answer, CodeAnswer::wrong);
    EXPECT_EQ(check(ada, ada.code(now(), 1)).answer, CodeAnswer::wrong) << "no drift is recorded yet";
    EXPECT_EQ(check(ada, ada.code(now(), -2)).answer, CodeAnswer::wrong);
    EXPECT_EQ(check(ada, ada.code(now())).answer, CodeAnswer::accepted) << "a wrong code spends nothing";
}

TEST_P(Codes, DriftIsAdoptedStepByStep)
{
    const Person ada = m_w.person();
    EXPECT_EQ(check(ada, ada.code(now(), -1)).answer, CodeAnswer::accepted);
    EXPECT_EQ(drift_of(ada), 0) << "the smallest that still holds the match";
    m_w.clock.advance(10 * step);
    m_w.transact([&](db::Tx& tx) {
        store::spend_totp_step(tx, ada.app_ids[0], crypto::step_of(now()) - 5, 1, now());
    });
    EXPECT_EQ(check(ada, ada.code(now(), 1)).answer, CodeAnswer::accepted) << "a clock that is ahead";
    EXPECT_EQ(drift_of(ada), 1);
    m_w.clock.advance(10 * step);
    EXPECT_EQ(check(ada, ada.code(now(), -1)).answer, CodeAnswer::wrong);
    EXPECT_EQ(check(ada, ada.code(now())).answer, CodeAnswer::accepted);
    EXPECT_EQ(drift_of(ada), 0);
}

TEST_P(Codes, OneOfParallelTransactionsSpendsTheStep)
{
    const Person ada = m_w.person();
    const auto second = m_fresh.open_again();
    test::World other(*second, 8);
    const std::string code = ada.code(now());
    std::atomic<int> accepted = 0;
    std::atomic<int> replayed = 0;
    test::in_parallel(12, [&](int n) {
        test::World& mine = n % 2 == 0 ? m_w : other;
        const auto outcome = mine.transact([&](db::Tx& tx) {
            const auto set = store::CredentialSet::load(tx, mine.keys.keys, ada.id);
            return check_totp(tx, mine.world, set, code, start_of_test);
        });
        if (outcome.answer == CodeAnswer::accepted) ++accepted;
        if (outcome.answer == CodeAnswer::replayed) ++replayed;
    });
    EXPECT_EQ(accepted, 1);
    EXPECT_EQ(replayed, 11);
}

TEST_P(Codes, EitherAppSignsIn)
{
    const Person ada = m_w.person({.apps = 2});
    const auto first = check(ada, ada.code(now(), 0, 0));
    const auto second = check(ada, ada.code(now(), 0, 1));
    EXPECT_EQ(first.app, ada.app_ids[0]);
    EXPECT_EQ(second.app, ada.app_ids[1]);
}

TEST_P(Codes, ADriftIsNamedAndAcceptsNothing)
{
    const Person ada = m_w.person();
    const auto name = [&](const std::string& typed) {
        return m_w.transact([&](db::Tx& tx) {
            return name_drift(tx, m_w.world, store::CredentialSet::load(tx, m_w.keys.keys, ada.id), typed,
                              now());
        });
    };
    EXPECT_EQ(name(ada.code(now(), 7)), 7 * step);
    EXPECT_EQ(name(ada.code(now(), -10)), -10 * step);
    EXPECT_FALSE(name(ada.code(now(), 11)).has_value());
    EXPECT_FALSE(name(ada.wrong_code(now())).has_value());
    EXPECT_FALSE(name("no code").has_value());
    EXPECT_EQ(check(ada, ada.code(now(), 7)).answer, CodeAnswer::wrong);
}

TEST_P(Codes, ACodeAtEnrolmentMayBeAStepOffEitherWay)
{
    const Secret secret = crypto::new_totp_secret(m_w.random);
    const std::int64_t now_step = crypto::step_of(now());
    const auto check_one = [&](std::int64_t offset, std::optional<std::int64_t> spent) {
        return check_enrolment_code(secret, spent, crypto::code_at_step(secret, now_step + offset), now());
    };
    for (const std::int64_t offset : {-1, 0, 1}) {
        EXPECT_EQ(check_one(offset, std::nullopt).verdict.answer, CodeAnswer::accepted) << offset;
        EXPECT_EQ(check_one(offset, std::nullopt).verdict.step, now_step + offset);
    }
    EXPECT_EQ(check_one(0, now_step).verdict.answer, CodeAnswer::replayed);
    const auto off = check_one(4, std::nullopt);
    EXPECT_EQ(off.verdict.answer, CodeAnswer::wrong);
    EXPECT_EQ(off.drift, 4 * step);
    EXPECT_EQ(check_enrolment_code(secret, std::nullopt, "x", now()).verdict.answer, CodeAnswer::wrong);
}

TEST_P(Codes, ARecoveryTryIsOneHashWhateverWasTyped)
{
    const Person ada = m_w.person({.codes = 2});
    const auto kit = m_w.credentials(ada.id).kit();
    const Person eve = m_w.person({.email = "eve@mail.example", .codes = 1});
    const std::string right(ada.codes[1].reveal_text());
    std::string wrong = right;
    wrong.back() = wrong.back() == 'Z' ? 'Y' : 'Z';
    struct Row {
        std::string typed;
        bool with_kit;
        std::optional<FactorId> found;
    };
    const std::vector<Row> rows{{right, true, ada.code_ids[1]},
                                {wrong, true, std::nullopt},
                                {"", true, std::nullopt},
                                {"certainly no code", true, std::nullopt},
                                {"77" + right.substr(1), true, std::nullopt},
                                {std::string(eve.codes[0].reveal_text()), true, std::nullopt},
                                {right, false, std::nullopt}};
    for (const Row& row : rows) {
        const auto hashes = m_w.hashes.hashes_run();
        const auto work = m_w.hashes.work_done();
        const auto outcome =
            sync_wait(check_recovery_code(m_w.world, ada.id, row.with_kit ? kit : std::nullopt, row.typed));
        EXPECT_EQ(outcome.code, row.found) << row.typed;
        EXPECT_FALSE(outcome.busy_seconds.has_value());
        EXPECT_EQ(m_w.hashes.hashes_run() - hashes, 1U) << row.typed;
        EXPECT_EQ(m_w.hashes.work_done() - work, test::cheap_hash.work()) << row.typed;
    }
}

TEST_P(Codes, AKitIsTenCodesThatWork)
{
    const Person ada = m_w.person();
    const auto kit = sync_wait(make_kit(m_w.world, ada.id));
    ASSERT_EQ(kit.printed.size(), 10U);
    ASSERT_EQ(kit.hashes.size(), 10U);
    std::vector<FactorId> ids;
    for (int i = 0; i < 10; ++i) ids.push_back(m_w.random.id<FactorId>(now()));
    const auto kit_id = m_w.random.id<KitId>(now());
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        set.set_kit(kit_id, ids, kit.hashes, now());
        set.save(tx, m_w.keys.keys, now());
    });
    const auto stored = m_w.credentials(ada.id).kit();
    for (const std::size_t i : {0U, 9U})
        EXPECT_EQ(sync_wait(check_recovery_code(m_w.world, ada.id, stored,
                                                std::string(kit.printed[i].reveal_text())))
                      .code,
                  ids[i]);
}

}  // namespace
}  // namespace sallyport::proof
