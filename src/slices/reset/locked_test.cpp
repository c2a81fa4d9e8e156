// The end of the kit's road opens an account that was locked meanwhile, whole or not at all: the lock is
// never the end of the owner's own way back.
#include "proof/lock.h"
#include "slices/reset/kit_walk_test.h"

namespace sallyport::reset {
namespace {

using std::chrono::hours;
using test::Person;

class LockedKitRoad : public KitRoadTest {
protected:
    /// By a code of the newest mail; `voice` is the account's own mailbox.
    policy::lock::Answer lock(const Person& ada)
    {
        return m_w.transact([&](db::Tx& tx) {
            auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
            const policy::lock::Shown shown{policy::lock::Means::message, true, true, true};
            const auto voice = proof::mailbox_voice(credentials.channels()[0].id);
            return proof::ask_lock(tx, m_w.world, credentials, shown, voice, test::stranger(),
                                   m_w.clock.now())
                .answer;
        });
    }
    bool is_locked(const Person& ada)
    {
        return m_w.credentials(ada.id).state() == store::AccountState::locked;
    }
    std::int64_t lock_codes_of(const Person& ada)
    {
        return m_w.transact([&](db::Tx& tx) {
            return tx.query("SELECT COUNT(*) FROM lock_codes WHERE account = $1", BytesView(ada.id.value()))
                .integer(0, 0);
        });
    }
    /// A case that is ready, of an account that was locked after it was opened.
    void to_the_end(const Person& ada)
    {
        begin(ada);
        ASSERT_EQ(lock(ada), policy::lock::Answer::locked);
        m_w.clock.advance(hours{1});
        work();
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, LockedKitRoad, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(LockedKitRoad, ItsEndOpensTheAccount)
{
    const Person ada = person();
    to_the_end(ada);
    EXPECT_EQ(stage(ada), policy::roads::Stage::ready);
    EXPECT_GT(lock_codes_of(ada), 0);
    Walk way = finishing(ada);
    EXPECT_EQ(choose(way), Renewed::moved);
    EXPECT_TRUE(is_locked(ada)) << "not before the app is proven";
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), 0);
    EXPECT_EQ(prove(way), Renewed::moved);
    EXPECT_FALSE(is_locked(ada));
    EXPECT_TRUE(has_password(ada, fresh_password));
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), 2);
    EXPECT_EQ(test::events_of(m_w, ada.id, "unlocked"), 1);
    EXPECT_EQ(lock(ada), policy::lock::Answer::exits_paused) << "what locked only pauses afterwards";
    EXPECT_FALSE(is_locked(ada));
}

TEST_P(LockedKitRoad, ARoadThatOnlyResetsDoesNot)
{
    const Person ada = person();
    ASSERT_EQ(lock(ada), policy::lock::Answer::locked);
    Walk way = walk();
    way.enter(ada.email.address());
    EXPECT_EQ(way.mailed(ada.email.address()), "") << "the mailbox and a factor reset no locked account";
    EXPECT_TRUE(is_locked(ada));
}

TEST_P(LockedKitRoad, WithEachCallFailingItOpensWithItsMailsOrStaysLocked)
{
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string& name, const auto& attempt) {
        const Person ada = person(name);
        to_the_end(ada);
        Walk way = finishing(ada);
        EXPECT_EQ(choose(way), Renewed::moved);
        attempt([&] { EXPECT_EQ(prove(way), Renewed::moved); });
        const bool open = !is_locked(ada);
        EXPECT_EQ(has_password(ada, fresh_password), open) << "both or neither";
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), open ? 2 : 0);
        EXPECT_EQ(test::events_of(m_w, ada.id, "unlocked"), open ? 1 : 0);
        EXPECT_EQ(prove(way), open ? Renewed::over : Renewed::moved);
        EXPECT_FALSE(is_locked(ada));
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), 2) << "once";
    });
}

}  // namespace
}  // namespace sallyport::reset
