// A sign-up by passkey: what is verified, what is kept, whom it lets in; on both engines.
#include "policy/passkeys.h"
#include "slices/sign_up/endpoints.h"
#include "slices/sign_up/make_passkey.h"
#include "slices/sign_up/walk_test.h"
#include "store/sessions.h"
#include "support/authenticator.h"
#include "support/engines.h"

#include <gtest/gtest.h>

namespace sallyport::sign_up {
namespace {

using policy::passkeys::RegistrationAnswer;
using test::Authenticator;

constexpr auto host = "accounts.northstar.example";
constexpr auto origin = "https://accounts.northstar.example";

class ByPasskey : public testing::TestWithParam<db::test::Engine> {
protected:
    Walk walk(std::string address = "ada@mail.example")
    {
        Walk one{m_w, std::move(address)};
        one.to(Stage::password);
        return one;
    }
    struct Question {
        Bytes challenge;
        std::string cookie;
    };
    Question ask(const Walk& one)
    {
        auto challenge = ask_for_passkey(m_w.world, *one.secret);
        return {std::move(challenge.bytes), std::move(challenge.cookie)};
    }
    PasskeyOutcome make(const Walk& one, const Authenticator& key, const Question& question)
    {
        const auto made = key.register_with(question.challenge);
        return sync_wait(make_passkey(
            m_w.world, *one.secret, question.cookie,
            {key.credential_id, made.client_data_json, made.attestation_object, {"internal"}}, "en"));
    }
    PasskeyOutcome make(const Walk& one, const Authenticator& key) { return make(one, key, ask(one)); }
    /// What policy or the verifier says of it; nothing is kept.
    RegistrationAnswer refused(Walk& one, const Authenticator& key, const Question& question)
    {
        const auto outcome = make(one, key, question);
        EXPECT_EQ(outcome.answer, PasskeyKept::refused);
        EXPECT_EQ(one.row()->progress.stage, Stage::password);
        EXPECT_FALSE(one.row()->progress.passkey.has_value());
        return outcome.why;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    const Authenticator m_phone;
};
INSTANTIATE_TEST_SUITE_P(Engines, ByPasskey, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(ByPasskey, MakesAnAccountWithoutAPassword)
{
    auto ada = walk();
    const auto kept = make(ada, m_phone);
    EXPECT_EQ(kept.answer, PasskeyKept::moved);
    EXPECT_EQ(kept.stage, Stage::backup) << "it counts as both factors; the kit stays";
    EXPECT_FALSE(ada.account().has_value());
    EXPECT_FALSE(m_w.transact([&](db::Tx& tx) {
        return store::find_passkey_account(tx, m_phone.credential_id).has_value();
    })) << "until the last step it is kept in the row";
    ada.ask();
    EXPECT_EQ(ada.prove("ZZZZ").answer, Created::wrong);
    const auto outcome = ada.prove(ada.part());
    ASSERT_EQ(outcome.answer, Created::created);
    EXPECT_EQ(outcome.browser, policy::sessions::BrowserToken::fresh);
    const auto account = ada.account();
    ASSERT_TRUE(account.has_value());
    const auto set = m_w.credentials(*account);
    EXPECT_FALSE(set.password().has_value());
    EXPECT_EQ(set.totp_app_count(), 0U);
    EXPECT_EQ(set.kit()->codes.size(), 10U);
    const auto held = m_w.transact([&](db::Tx& tx) { return set.passkeys(tx); });
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].credential_id, m_phone.credential_id);
    EXPECT_TRUE(held[0].user_verified);
    EXPECT_TRUE(held[0].backup_eligible);
    EXPECT_EQ(held[0].transports, std::vector<std::string>{"internal"});
    const auto sessions =
        m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, *account); });
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].level, static_cast<std::int64_t>(policy::Level::aal2));
}

TEST_P(ByPasskey, AHardwareKeyOpensAal3)
{
    auto ada = walk();
    Authenticator key;
    key.backup_eligible = key.backed_up = false;
    EXPECT_EQ(make(ada, key).answer, PasskeyKept::moved);
    ada.ask();
    ASSERT_EQ(ada.prove(ada.part()).answer, Created::created);
    const AccountId account = ada.account().value();
    const auto sessions =
        m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, account); });
    EXPECT_EQ(sessions.at(0).level, static_cast<std::int64_t>(policy::Level::aal3));
}

// attacks.md, case 24: nothing of a registration is taken on faith.
TEST_P(ByPasskey, IsVerifiedLikeAnyOther)
{
    auto ada = walk();
    EXPECT_EQ(refused(ada, Authenticator(host, "https://evil.example"), ask(ada)),
              RegistrationAnswer::challenge_refused);
    EXPECT_EQ(refused(ada, Authenticator("evil.example", origin), ask(ada)),
              RegistrationAnswer::challenge_refused);
    Authenticator silent;
    silent.user_verified = false;
    EXPECT_EQ(refused(ada, silent, ask(ada)), RegistrationAnswer::needs_password)
        << "a key that verifies nobody cannot stand alone";
    Authenticator absent;
    absent.user_present = false;
    EXPECT_EQ(refused(ada, absent, ask(ada)), RegistrationAnswer::challenge_refused);

    const auto question = ask(ada);
    EXPECT_EQ(refused(ada, silent, question), RegistrationAnswer::needs_password);
    EXPECT_EQ(refused(ada, m_phone, question), RegistrationAnswer::challenge_refused)
        << "a challenge is answered once, right or wrong";
    const auto late = ask(ada);
    m_w.clock.advance(std::chrono::minutes{5});
    EXPECT_EQ(refused(ada, m_phone, late), RegistrationAnswer::challenge_refused);
    auto eve = walk("eve@mail.example");
    EXPECT_EQ(refused(ada, m_phone, ask(eve)), RegistrationAnswer::challenge_refused)
        << "the challenge is of one sign-up";
}

TEST_P(ByPasskey, ComesAtItsTurnOnly)
{
    Walk ada{m_w};
    ada.to(Stage::address);
    EXPECT_EQ(make(ada, m_phone).answer, PasskeyKept::not_now) << "before the mailed code";
    ada.confirm(ada.code);
    EXPECT_EQ(ada.choose().answer, Chosen::accepted);
    EXPECT_EQ(make(ada, m_phone).answer, PasskeyKept::not_now) << "a password was chosen";
    EXPECT_EQ(make(ada, m_phone).stage, Stage::app);
    auto bob = walk("bob@mail.example");
    EXPECT_EQ(make(bob, m_phone).answer, PasskeyKept::moved);
    EXPECT_EQ(bob.choose().answer, Chosen::not_now);
    EXPECT_EQ(bob.prove_app("123456").answer, AppProven::not_now);
    EXPECT_EQ(make(bob, Authenticator(host, origin, 2)).answer, PasskeyKept::not_now) << "one is enough";
    m_w.clock.advance(limits.row_life);
    EXPECT_EQ(make(bob, m_phone).answer, PasskeyKept::over);
}

TEST_P(ByPasskey, OneCredentialMakesOneAccount)
{
    auto ada = walk();
    auto eve = walk("eve@mail.example");
    EXPECT_EQ(make(ada, m_phone).answer, PasskeyKept::moved);
    EXPECT_EQ(make(eve, m_phone).answer, PasskeyKept::moved) << "it is nobody's yet";
    ada.ask();
    EXPECT_EQ(ada.prove(ada.part()).answer, Created::created);
    eve.ask();
    EXPECT_EQ(eve.prove(eve.part()).answer, Created::over);
    EXPECT_FALSE(eve.account().has_value());
    auto bob = walk("bob@mail.example");
    EXPECT_EQ(refused(bob, m_phone, ask(bob)), RegistrationAnswer::already_held);
}

// attacks.md, case 27: what another browser made at this address is gone.
TEST_P(ByPasskey, AnotherBrowserBeginsAnew)
{
    auto ada = walk();
    EXPECT_EQ(make(ada, m_phone).answer, PasskeyKept::moved);
    m_w.clock.advance(std::chrono::minutes{2});
    Walk elsewhere{m_w, ada.address};
    elsewhere.network = "192.0.2.99";
    elsewhere.enter();
    EXPECT_EQ(elsewhere.confirm(elsewhere.code).stage, Stage::password);
    EXPECT_FALSE(elsewhere.row()->progress.passkey.has_value());
    EXPECT_FALSE(ada.row().has_value());
}

}  // namespace
}  // namespace sallyport::sign_up
