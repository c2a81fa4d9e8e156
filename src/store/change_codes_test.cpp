// Stop codes of changes, and the primary address that changes, on both engines.
#include "store/change_codes.h"

#include "store/accounts.h"
#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using test::start_of_test;
constexpr Duration day = std::chrono::days{1};

class ChangeRows : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    void put(std::string_view code, const ChangeCode& row, Instant expires)
    {
        transact([&](db::Tx& tx) { put_change_code(tx, m_keys.keys, code, row, expires); });
    }
    std::optional<ChangeCode> find(std::string_view code, Instant now)
    {
        return transact([&](db::Tx& tx) { return find_change_code(tx, m_keys.keys, code, now); });
    }
    ChangeCode fresh()
    {
        return {m_ada.id, m_random.id<ChangeId>(start_of_test), m_random.id<ChannelId>(start_of_test)};
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{9};
    test::CapturedLog m_log;
    const test::Person m_ada = make_person(m_database, m_keys, m_random, {});
};
INSTANTIATE_TEST_SUITE_P(Engines, ChangeRows, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(ChangeRows, ACodeIsFoundUntilItsEndAndNotWhenItWasMoved)
{
    const auto one = fresh(), other = fresh();
    put("AAAAABBBBB", one, start_of_test + day);
    put("CCCCCDDDDD", other, start_of_test + day);
    const auto found = find("AAAAABBBBB", start_of_test);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->account == one.account && found->change == one.change &&
                found->channel == one.channel);
    EXPECT_FALSE(find("AAAAABBBBC", start_of_test));
    EXPECT_FALSE(find("AAAAABBBBB", start_of_test + day));
    transact([&](db::Tx& tx) { end_change_codes(tx, one.change); });
    EXPECT_FALSE(find("AAAAABBBBB", start_of_test));
    EXPECT_EQ(m_log.alarms(), 0U);
    transact([&](db::Tx& tx) { tx.execute("UPDATE change_codes SET channel = $1", one.channel.value()); });
    EXPECT_FALSE(find("CCCCCDDDDD", start_of_test)) << "pointed at another channel by hand";
    EXPECT_EQ(m_log.alarms(), 1U);
    transact([&](db::Tx& tx) { forget_change_codes(tx, start_of_test + 2 * day, 10); });
    EXPECT_EQ(
        transact([](db::Tx& tx) { return tx.query("SELECT COUNT(*) FROM change_codes").integer(0, 0); }), 0);
}

TEST_P(ChangeRows, AnotherPrimaryAddressIsTheAccountsKey)
{
    const auto bob = make_person(m_database, m_keys, m_random, {.email = "bob@mail.example"});
    const auto move = [&](const char* to) {
        const auto id = m_random.id<ChannelId>(start_of_test);
        transact([&](db::Tx& tx) {
            auto set = CredentialSet::load(tx, m_keys.keys, m_ada.id);
            set.set_primary({id, ChannelRole::primary, *Email::parse(to), start_of_test});
            set.save(tx, m_keys.keys, start_of_test);
        });
    };
    const auto owner = [&](const char* key) {
        return transact([&](db::Tx& tx) { return find_account(tx, key); });
    };
    move("Ada@New.example");
    EXPECT_EQ(owner("ada@new.example"), m_ada.id);
    EXPECT_FALSE(owner("ada@mail.example"));
    EXPECT_THROW(move("bob@mail.example"), db::ConstraintViolation);
    EXPECT_EQ(owner("bob@mail.example"), bob.id);
    EXPECT_EQ(owner("ada@new.example"), m_ada.id);
    const auto set = transact([&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, m_ada.id); });
    EXPECT_EQ(set.channels().size(), 1U);
    EXPECT_EQ(set.primary_address().address(), "Ada@new.example");
}

TEST_P(ChangeRows, AnAddressChangedBehindOurBackIsRefused)
{
    transact([&](db::Tx& tx) {
        tx.execute("UPDATE accounts SET email_key = $1 WHERE id = $2", "thief@mail.example",
                   m_ada.id.value());
    });
    EXPECT_THROW(transact([&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, m_ada.id); }),
                 TamperedRow);
}

}  // namespace
}  // namespace sallyport::store
