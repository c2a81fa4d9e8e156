// The step-up of an account whose strong factor is a key that verifies nobody: its password, then the key.
#include "access/step_up_fixture.h"

namespace sallyport::access {
namespace {

using policy::Methods;
using policy::step_up::Deed;
using test::Person;

class KeyStepUp : public StepUpGround {
protected:
    KeyStepUp()
    {
        m_key.user_verified = m_key.backup_eligible = m_key.backed_up = false;
        test::enrol(m_w, m_ada.id, m_key);
        m_watch = [this](const access::Deed& done) { m_shown = done.shown; };
    }
    std::string ask_to_remove(const SignedIn& who)
    {
        return ask_for(who, {"remove_phone",
                             {"Remove the number", {}, {}},
                             "/account/phone/remove/confirm",
                             "/account/phone",
                             RecordWriter("remove_phone").text("a number").take_secret(),
                             {},
                             Deed::takes});
    }
    std::optional<PasskeyQuestion> question(const SignedIn& who, const std::string& id, bool besides)
    {
        return sync_wait(ask_passkey(m_access, who, id, besides));
    }
    ProofAnswer touch(const SignedIn& who, const std::string& id, const PasskeyQuestion& asked,
                      const test::Authenticator& key)
    {
        return give(who, id, answer(asked, key));
    }
    ProofAnswer give(const SignedIn& who, const std::string& id, GivenProof given)
    {
        return prove_it(who, "remove_phone", id, std::move(given)).answer;
    }

    const Person m_ada = m_w.person({.apps = 0});
    test::Authenticator m_key;
    Methods m_shown;
};
INSTANTIATE_TEST_SUITE_P(Engines, KeyStepUp, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(KeyStepUp, ThePasswordAndThenTheKeyApproveWhatAStrongFactorMay)
{
    const SignedIn who = signed_in(m_ada);
    const std::string id = ask_to_remove(who);
    const auto offered = offers(who, id);
    EXPECT_TRUE(offered.key_besides && !offered.password_proven);
    EXPECT_FALSE(offered.passkey || offered.app_code || offered.password || offered.code_besides);
    EXPECT_EQ(password(who, id, "not the password"), ProofAnswer::wrong);
    EXPECT_FALSE(question(who, id, true)) << "the key is asked for after the right password";
    EXPECT_EQ(password(who, id, m_ada.password), ProofAnswer::done);
    EXPECT_TRUE(offers(who, id).password_proven);
    const auto asked = question(who, id, true);
    ASSERT_TRUE(asked);
    EXPECT_FALSE(asked->verified);
    ASSERT_EQ(asked->passkeys.size(), 1U);
    EXPECT_EQ(deeds(m_ada), 0);
    EXPECT_EQ(touch(who, id, *asked, m_key), ProofAnswer::done);
    EXPECT_EQ(m_shown, (Methods{policy::Method::password, policy::Method::touched_key}));
    EXPECT_EQ(deeds(m_ada), 1);
    EXPECT_EQ(touch(who, id, *asked, m_key), ProofAnswer::over) << "one use";
    EXPECT_EQ(deeds(m_ada), 1);
}

TEST_P(KeyStepUp, NeitherAloneApprovesAnything)
{
    const SignedIn who = signed_in(m_ada);
    const std::string id = ask_to_remove(who);
    const auto plain = question(who, id, false);
    ASSERT_TRUE(plain);
    EXPECT_TRUE(plain->passkeys.empty()) << "it verifies nobody, so it is not asked for alone";
    EXPECT_EQ(touch(who, id, *plain, m_key), ProofAnswer::wrong);
    m_key.user_verified = true;  // whoever found it gave it a PIN
    EXPECT_EQ(touch(who, id, *question(who, id, false), m_key), ProofAnswer::wrong);
    EXPECT_EQ(give(who, id, {m_ada.password, {}, {}}), ProofAnswer::wrong);
    EXPECT_TRUE(sync_wait(find(m_access, who, id))) << "and the question stays open";
    EXPECT_EQ(deeds(m_ada), 0);
}

TEST_P(KeyStepUp, ThePasswordIsOfOneRowAndSession)
{
    const SignedIn who = signed_in(m_ada);
    const std::string id = ask_to_remove(who);
    const std::string twin = ask_to_remove(who);
    EXPECT_EQ(password(who, id, m_ada.password), ProofAnswer::done);
    EXPECT_FALSE(offers(who, twin).password_proven);
    EXPECT_FALSE(question(who, twin, true));
    EXPECT_EQ(touch(who, twin, *question(who, twin, false), m_key), ProofAnswer::wrong);
    const auto asked = question(who, id, true);
    EXPECT_EQ(touch(who, twin, *asked, m_key), ProofAnswer::wrong) << "of another row";
    EXPECT_EQ(touch(signed_in(m_ada, 2), id, *asked, m_key), ProofAnswer::over);
    EXPECT_EQ(password(signed_in(m_ada, 2), id, m_ada.password), ProofAnswer::over);
    EXPECT_EQ(deeds(m_ada), 0);
}

TEST_P(KeyStepUp, BesideAStrongerFactorItIsOneWayMore)
{
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const test::Authenticator phone("accounts.northstar.example", "https://accounts.northstar.example", 2);
    test::Authenticator key("accounts.northstar.example", "https://accounts.northstar.example", 3);
    key.user_verified = key.backup_eligible = key.backed_up = false;
    test::enrol(m_w, eve.id, phone);
    test::enrol(m_w, eve.id, key);
    const SignedIn who = signed_in(eve);
    const std::string id = ask_to_remove(who);
    const auto offered = offers(who, id);
    EXPECT_TRUE(offered.passkey && offered.app_code && offered.key_besides);
    ASSERT_EQ(question(who, id, false)->passkeys.size(), 1U);
    EXPECT_EQ(question(who, id, false)->passkeys[0].credential_id, phone.credential_id);
    EXPECT_EQ(password(who, id, eve.password), ProofAnswer::done);
    ASSERT_EQ(question(who, id, true)->passkeys.size(), 1U);
    EXPECT_EQ(question(who, id, true)->passkeys[0].credential_id, key.credential_id);
    EXPECT_EQ(give(who, id, {eve.code(m_w.clock.now()), {}, {}}), ProofAnswer::done) << "the app still does";
}

}  // namespace
}  // namespace sallyport::access
