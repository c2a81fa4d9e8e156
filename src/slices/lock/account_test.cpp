// A22 as programs see it: the own account is locked by one confirmation, and what locked before is trusted
// again by a fresh proof only. On both engines.
#include "slices/lock/endpoints.h"
#include "slices/lock/walk_test.h"

namespace sallyport::lock {
namespace {

using http::Method;

class OwnLock : public Locking {
protected:
    OwnLock() { add_routes(m_doors.router, m_doors.access()); }
    void sign_in(const Person& who, policy::Level level = policy::Level::aal2)
    {
        m_doors.cookie = test::sign_in(m_w, who.id, level).cookie;
    }
    bool is_quiet() { return m_doors.get("/account/lock").at("quiet").as_bool(); }

    test::Doors m_doors{m_w};
};
INSTANTIATE_TEST_SUITE_P(Engines, OwnLock, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(OwnLock, TakesOneConfirmationAndEndsTheSessionAtOnce)
{
    const Person ada = person();
    sign_in(ada);
    EXPECT_FALSE(is_quiet());
    for (const test::Form& form : {test::Form{}, test::Form{{"sure", ""}}, test::Form{{"sure", "no"}}})
        EXPECT_EQ(m_doors.refused("/account/lock", form), "422 input_missing");
    EXPECT_FALSE(is_locked(ada));
    const auto answer = m_doors.send(Method::post, "/account/lock", {{"sure", "yes"}});
    EXPECT_EQ(boost::json::parse(answer.body).at("answer").as_string(), "locked");
    EXPECT_TRUE(is_locked(ada));
    EXPECT_EQ(m_doors.refused("/account/lock", {}, Method::get), "401 sign_in_needed")
        << "nor does this process remember it";
    EXPECT_EQ(m_doors.refused("/account/lock", {{"sure", "yes"}}), "401 sign_in_needed");
}

TEST_P(OwnLock, TrustsWhatLockedBeforeByAFreshProofOnly)
{
    const Person ada = person();
    sign_in(ada);
    EXPECT_EQ(m_doors.refused("/account/lock/trust"), "409 nothing_to_confirm");
    lock(ada);
    unlock_in_a_day(ada);
    sign_in(ada, policy::Level::aal1);
    EXPECT_FALSE(is_quiet()) << "a session by recovery code is not asked";
    EXPECT_EQ(m_doors.refused("/account/lock/trust"), "409 nothing_to_confirm");

    sign_in(ada);
    EXPECT_TRUE(is_quiet());
    const auto id = m_doors.ask("/account/lock/trust");
    ASSERT_FALSE(id.empty());
    m_w.clock.advance(std::chrono::seconds{30});
    const auto confirm = [&](const std::string& proof) {
        return m_doors.send(Method::post, "/account/lock/trust/confirm", {{"step_up", id}, {"proof", proof}});
    };
    EXPECT_NE(confirm("").status, 200U);
    EXPECT_NE(confirm(ada.wrong_code(m_w.clock.now())).status, 200U);
    EXPECT_TRUE(is_quiet());
    EXPECT_EQ(boost::json::parse(confirm(ada.code(m_w.clock.now())).body).at("next").as_string(),
              "/account/lock?done=confirmed");
    EXPECT_FALSE(is_quiet());
    EXPECT_EQ(test::events_of(m_w, ada.id, "lock_confirmed"), 1);
    EXPECT_EQ(lock(ada).asked.answer, Answer::locked) << "its messages lock again";
}

// A confirmation that waited while the account was locked once more, and opened, is no proof any more.
TEST_P(OwnLock, NothingIsTrustedWhileItIsLocked)
{
    const Person ada = person();
    lock(ada);
    unlock_in_a_day(ada);
    lock(ada, true);
    ASSERT_TRUE(is_locked(ada));
    m_w.transact([&](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        proof::confirm_voices(tx, m_w.world, credentials, stranger(), m_w.clock.now());
    });
    EXPECT_EQ(test::events_of(m_w, ada.id, "lock_confirmed"), 0);
    EXPECT_TRUE(proof::has_quiet_voices(m_w.credentials(ada.id)));
}

}  // namespace
}  // namespace sallyport::lock
