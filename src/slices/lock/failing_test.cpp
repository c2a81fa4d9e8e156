// Locking and opening with each call to the database failing once: whole or not at all, and what failed can
// be done again.
#include "slices/lock/walk_test.h"

namespace sallyport::lock {
namespace {

class FailingLock : public Locking {
protected:
    std::size_t kit_codes(const Person& ada) { return m_w.credentials(ada.id).kit()->codes.size(); }
    Person somebody(const std::string& name)
    {
        m_w.clock.advance(hours{25});  // the budgets of this network are of an hour and of a day
        return person(name);
    }
    /// Locked, with the mailed code shown.
    store::TokenHash with_mail(const Person& ada)
    {
        EXPECT_EQ(lock(ada).asked.answer, Answer::locked);
        const auto secret = begin(ada);
        EXPECT_EQ(show_mail(secret, ada).asked.answer, UnlockAnswer::not_enough);
        return secret;
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, FailingLock, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(FailingLock, AMessageLocksEndsAndTellsOrNothing)
{
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        test::sign_in(m_w, ada.id);
        const auto code = code_in_mail(ada, ada.email.address());
        attempt([&] { EXPECT_EQ(lock(ada.email.address(), code).asked.answer, Answer::locked); });
        const bool locked = is_locked(ada);
        EXPECT_EQ(test::sessions_of(m_w, ada.id), locked ? 0U : 1U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E50"), locked ? 2 : 0);
        EXPECT_EQ(test::events_of(m_w, ada.id, "locked"), locked ? 1 : 0);
        EXPECT_EQ(lock(ada.email.address(), code).asked.answer,
                  locked ? Answer::stays_locked : Answer::locked);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E50"), 2) << "once";
    });
}

TEST_P(FailingLock, ARecoveryCodeIsSpentForALockOrNothing)
{
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        const std::string code(ada.codes[0].reveal_text());
        attempt([&] { EXPECT_EQ(lock(ada.email.address(), code).asked.answer, Answer::locked); });
        const bool locked = is_locked(ada);
        EXPECT_EQ(kit_codes(ada), locked ? 3U : 4U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E50"), locked ? 2 : 0);
        const auto again = lock(ada.email.address(), code);
        if (locked)
            EXPECT_EQ(again.result, Result::wrong) << "it is spent";
        else
            EXPECT_EQ(again.asked.answer, Answer::locked);
        EXPECT_EQ(kit_codes(ada), 3U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E50"), 2);
    });
}

TEST_P(FailingLock, AnUnlockingIsBegunWithItsMailOrNothing)
{
    db::test::with_each_call_failing(m_failing, 2, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        EXPECT_EQ(lock(ada).asked.answer, Answer::locked);
        const bool begun = attempt([&] { sync_wait(begin_unlock(m_w.world, stranger(), ada.email)); });
        EXPECT_LE(test::mails_of(m_w, ada.id, "E8"), 1);
        if (begun) EXPECT_EQ(test::mails_of(m_w, ada.id, "E8"), 1);
        const auto secret = begin(ada);  // two minutes later
        EXPECT_EQ(show_mail(secret, ada).asked.answer, UnlockAnswer::not_enough);
    });
}

TEST_P(FailingLock, AProofStandsInTheRowWithWhatFollowsOrNot)
{
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        const auto secret = with_mail(ada);
        attempt([&] { EXPECT_EQ(show_app(secret, ada).asked.answer, UnlockAnswer::waits); });
        const auto progress = sync_wait(read_progress(m_w.world, secret));
        ASSERT_TRUE(progress.has_value());
        const bool waits = progress->unlock_at.has_value();
        EXPECT_EQ(progress->row.factors.size(), waits ? 1U : 0U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E51-asked"), waits ? 2 : 0);
        if (!waits) EXPECT_EQ(show_app(secret, ada).asked.answer, UnlockAnswer::waits) << "the same code";
        m_w.clock.advance(hours{24});
        EXPECT_EQ(work(), 1);
        EXPECT_FALSE(is_locked(ada));
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), 2);
    });
}

TEST_P(FailingLock, TheWorkerOpensItAndTellsOnce)
{
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        const auto secret = with_mail(ada);
        EXPECT_EQ(show_app(secret, ada).asked.answer, UnlockAnswer::waits);
        m_w.clock.advance(hours{24});
        attempt([&] { EXPECT_EQ(work(), 1); });
        const bool open = !is_locked(ada);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), open ? 2 : 0);
        EXPECT_EQ(work(), open ? 0 : 1);
        EXPECT_FALSE(is_locked(ada));
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), 2);
        EXPECT_EQ(test::events_of(m_w, ada.id, "unlocked"), 1);
    });
}

}  // namespace
}  // namespace sallyport::lock
