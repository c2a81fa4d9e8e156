// What grants power: round trips of each kind, races, and what a transaction that is run again may find.
#include "store/credentials.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using test::Person;
using test::start_of_test;

class Credentials : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    CredentialSet load(const AccountId& account)
    {
        return transact([&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, account); });
    }
    template <class Change>
    void change(const AccountId& account, Change make)
    {
        transact([&](db::Tx& tx) {
            auto set = CredentialSet::load(tx, m_keys.keys, account);
            make(set);
            set.save(tx, m_keys.keys, start_of_test);
        });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{2};
    test::CapturedLog m_log;
};
INSTANTIATE_TEST_SUITE_P(Engines, Credentials, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Credentials, GiveBackEachKindAsItWasWritten)
{
    const Person ada = make_person(m_database, m_keys, m_random,
                                   {.apps = 2, .codes = 3, .notice_email = "Ada.Second@other.example"});
    const CredentialSet set = load(ada.id);
    EXPECT_EQ(set.state(), AccountState::active);
    EXPECT_EQ(set.version(), 1);
    EXPECT_EQ(set.account(), ada.id);
    ASSERT_TRUE(set.password().has_value());
    EXPECT_TRUE(set.password()->phc.starts_with("$argon2id$"));
    EXPECT_EQ(set.password()->pepper, m_keys.peppers.current_id());
    EXPECT_EQ(set.password_changed_at(), start_of_test - std::chrono::days{30});
    EXPECT_EQ(set.primary_address().address(), "ada@mail.example");
    const auto channels = set.channels();
    ASSERT_EQ(channels.size(), 2U);
    for (const Channel& channel : channels)
        EXPECT_EQ(channel.address.address(),
                  channel.role == ChannelRole::primary ? "ada@mail.example" : "Ada.Second@other.example");
    const auto kit = set.kit();
    ASSERT_TRUE(kit.has_value());
    ASSERT_EQ(kit->codes.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(kit->codes[i].index, static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(kit->codes[i].id, ada.code_ids[i]);
    }
    EXPECT_EQ(set.totp_app_count(), 2U);
    const auto apps = transact([&](db::Tx& tx) { return set.totp_apps(tx, m_keys.keys); });
    ASSERT_EQ(apps.size(), 2U);
    for (const TotpApp& app : apps) {
        const std::size_t which = app.id == ada.app_ids[0] ? 0 : 1;
        EXPECT_EQ(app.id, ada.app_ids[which]);
        EXPECT_TRUE(equal_constant_time(app.secret.reveal(), ada.apps[which].reveal()));
        EXPECT_EQ(app.last_step, 0);
        EXPECT_EQ(app.drift, 0);
    }
    EXPECT_EQ(m_log.alarms(), 0U);
}

TEST_P(Credentials, GrowByOneVersionWithEachSave)
{
    const Person ada = make_person(m_database, m_keys, m_random, {.codes = 3});
    const auto fresh_app = m_random.id<FactorId>(start_of_test);
    change(ada.id, [&](CredentialSet& set) {
        set.add_totp_app(m_keys.keys, fresh_app, Secret::from_text("twenty bytes of key!"), 41, -1,
                         start_of_test);
    });
    change(ada.id, [&](CredentialSet& set) { set.remove_totp_app(ada.app_ids[0]); });
    change(ada.id, [&](CredentialSet& set) { set.spend_recovery_code(ada.code_ids[1]); });
    change(ada.id, [&](CredentialSet& set) {
        set.set_password(m_random.id<FactorId>(start_of_test), {"$other", 9}, start_of_test);
    });
    change(ada.id, [&](CredentialSet& set) { set.replace_password_hash({"$dearer", 10}); });
    const CredentialSet set = load(ada.id);
    EXPECT_EQ(set.version(), 6);
    EXPECT_EQ(set.password()->phc, "$dearer");
    EXPECT_EQ(set.password()->pepper, 10);
    EXPECT_EQ(set.password_changed_at(), start_of_test) << "other parameters make no younger password";
    EXPECT_EQ(set.kit()->codes.size(), 2U);
    const auto apps = transact([&](db::Tx& tx) { return set.totp_apps(tx, m_keys.keys); });
    ASSERT_EQ(apps.size(), 1U);
    EXPECT_EQ(apps[0].id, fresh_app);
    EXPECT_EQ(apps[0].last_step, 41);
    EXPECT_EQ(apps[0].drift, -1);
}

TEST_P(Credentials, ANewKitKillsTheOldOne)
{
    const Person ada = make_person(m_database, m_keys, m_random, {.codes = 3});
    const auto kit = m_random.id<KitId>(start_of_test);
    const std::vector<FactorId> ids{m_random.id<FactorId>(start_of_test),
                                    m_random.id<FactorId>(start_of_test)};
    change(ada.id, [&](CredentialSet& set) { set.set_kit(kit, ids, {{"$a", 1}, {"$b", 1}}, start_of_test); });
    const auto found = load(ada.id).kit();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->id, kit);
    ASSERT_EQ(found->codes.size(), 2U);
    EXPECT_EQ(found->codes[0].id, ids[0]);
    EXPECT_EQ(found->codes[1].hash.phc, "$b");
}

TEST_P(Credentials, ParallelChangesAllStand)
{
    const Person ada = make_person(m_database, m_keys, m_random);
    constexpr int changes = 12;
    test::in_parallel(changes, [&](int n) {
        const Channel channel{m_random.id<ChannelId>(start_of_test), ChannelRole::notice,
                              *Email::parse("n" + std::to_string(n) + "@other.example"), start_of_test};
        change(ada.id, [&](CredentialSet& set) { set.add_channel(channel); });
    });
    const CredentialSet set = load(ada.id);
    EXPECT_EQ(set.version(), 1 + changes);
    EXPECT_EQ(set.channels().size(), 1U + changes);
    EXPECT_EQ(m_log.alarms(), 0U);
}

TEST_P(Credentials, OneOfParallelSpendersGetsARecoveryCode)
{
    const Person ada = make_person(m_database, m_keys, m_random, {.codes = 1});
    std::atomic<int> spent = 0;
    test::in_parallel(8, [&](int) {
        const bool mine = transact([&](db::Tx& tx) {
            auto set = CredentialSet::load(tx, m_keys.keys, ada.id);
            if (set.kit()->codes.empty()) return false;
            set.spend_recovery_code(ada.code_ids[0]);
            set.save(tx, m_keys.keys, start_of_test);
            return true;
        });
        if (mine) ++spent;
    });
    EXPECT_EQ(spent, 1);
    ASSERT_TRUE(load(ada.id).kit().has_value()) << "an empty kit is a kit still";
    EXPECT_TRUE(load(ada.id).kit()->codes.empty());
}

TEST_P(Credentials, AStepIsSpentOnceInEveryProcess)
{
    const Person ada = make_person(m_database, m_keys, m_random);
    const auto other_process = m_fresh.open_again();
    std::atomic<int> spent = 0;
    test::in_parallel(16, [&](int n) {
        db::Database& mine = n % 2 == 0 ? m_database : *other_process;
        const bool won = sync_wait(mine.transact(
            [&](db::Tx& tx) { return spend_totp_step(tx, ada.app_ids[0], 1000, 1, start_of_test); }));
        if (won) ++spent;
    });
    EXPECT_EQ(spent, 1);
    EXPECT_FALSE(
        transact([&](db::Tx& tx) { return spend_totp_step(tx, ada.app_ids[0], 1000, 0, start_of_test); }));
    EXPECT_FALSE(
        transact([&](db::Tx& tx) { return spend_totp_step(tx, ada.app_ids[0], 999, 0, start_of_test); }));
    EXPECT_TRUE(
        transact([&](db::Tx& tx) { return spend_totp_step(tx, ada.app_ids[0], 1001, -1, start_of_test); }));
    const auto apps = transact(
        [&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, ada.id).totp_apps(tx, m_keys.keys); });
    EXPECT_EQ(apps.at(0).last_step, 1001);
    EXPECT_EQ(apps.at(0).drift, -1);
    EXPECT_EQ(apps.at(0).used_at, start_of_test);
}

TEST_P(Credentials, ASecondAccountOfAnAddressIsRefused)
{
    make_person(m_database, m_keys, m_random);
    EXPECT_THROW(make_person(m_database, m_keys, m_random, {.email = "ADA@Mail.example"}),
                 db::ConstraintViolation);
}

TEST_P(Credentials, NothingCostsTheStatementsOfSomething)
{
    const Person ada = make_person(m_database, m_keys, m_random);
    const auto count = [&](auto work) {
        const std::uint64_t before = m_database.statement_count();
        transact(work);
        return m_database.statement_count() - before;
    };
    const auto known =
        count([&](db::Tx& tx) { static_cast<void>(CredentialSet::load(tx, m_keys.keys, ada.id)); });
    const auto unknown =
        count([&](db::Tx& tx) { CredentialSet::load_nothing(tx, m_random.id<AccountId>(start_of_test)); });
    EXPECT_EQ(known, unknown);
    EXPECT_THROW(transact([&](db::Tx& tx) { CredentialSet::load_nothing(tx, ada.id); }), ProgrammingError);
}

}  // namespace
}  // namespace sallyport::store
