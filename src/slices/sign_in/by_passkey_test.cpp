// Signing in by a passkey, alone and after a password, on both engines.
#include "slices/sign_in/by_passkey.h"

#include "slices/sign_in/first_factor.h"
#include "slices/sign_in/second_factor.h"
#include "store/budgets.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/locked.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::sign_in {
namespace {

using policy::Method;
using test::Authenticator;
using test::Person;
using test::stranger;

constexpr auto host = "accounts.northstar.example";
constexpr auto origin = "https://accounts.northstar.example";

class ByPasskey : public testing::TestWithParam<db::test::Engine> {
protected:
    ByPasskey() { test::enrol(m_w, m_ada.id, m_phone); }

    KeyCommand answer(const Authenticator& key, const proof::PasskeyChallenge& asked,
                      std::optional<AccountId> named)
    {
        auto said = key.answer(asked.bytes);
        return {asked.cookie,
                {key.credential_id, said.client_data_json, said.authenticator_data, said.signature,
                 named ? proof::user_handle_of(*named) : Bytes{}},
                std::nullopt};
    }
    KeyOutcome alone(KeyCommand command, proof::Asker asker = stranger())
    {
        return sync_wait(sign_in_by_passkey(m_w.world, std::move(asker), std::move(command)));
    }
    KeyOutcome alone(const Authenticator& key, proof::Asker asker = stranger())
    {
        return alone(answer(key, ask_for_passkey(m_w.world), m_ada.id), std::move(asker));
    }
    /// The password was right: the secret of the half-finished row.
    store::TokenHash begin(const Person& person)
    {
        PasswordCommand command{person.email, Secret::from_text(person.password), "/account/devices", {}};
        auto outcome = sync_wait(check_password(m_w.world, stranger(), std::move(command)));
        EXPECT_EQ(outcome.answer, First::second_factor);
        return outcome.half_finished ? outcome.half_finished->hash : store::TokenHash{};
    }
    proof::PasskeyChallenge challenge_of(const store::TokenHash& half)
    {
        auto question = sync_wait(ask_for_key(m_w.world, half));
        EXPECT_TRUE(question.has_value());
        return question ? question->challenge : proof::PasskeyChallenge{};
    }
    KeyOutcome second(const store::TokenHash& half, KeyCommand command)
    {
        return sync_wait(check_key(m_w.world, stranger(), half, std::move(command)));
    }
    KeyOutcome second(const store::TokenHash& half, const Authenticator& key)
    {
        return second(half, answer(key, challenge_of(half), std::nullopt));
    }
    std::vector<store::Session> sessions()
    {
        return m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, m_ada.id); });
    }
    void remove_passkeys()
    {
        m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            for (const auto& passkey : set.passkeys(tx)) set.remove_passkey(passkey.id);
            set.save(tx, m_w.keys.keys, m_w.clock.now());
        });
    }
    std::int64_t charged_to_strangers()
    {
        const std::vector<store::BudgetKey> keys{
            {store::BudgetKind::stranger, m_w.keys.index.of("tries", "ada@mail.example")}};
        return sync_wait(store::read_budgets(m_w.world.database, keys)).at(0).charged;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::CapturedLog m_log;
    const Person m_ada = m_w.person({.codes = 2});
    Authenticator m_phone;
};
INSTANTIATE_TEST_SUITE_P(Engines, ByPasskey, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(ByPasskey, AloneItIsBothFactors)
{
    const auto outcome = alone(m_phone);
    ASSERT_EQ(outcome.answer, Key::signed_in);
    EXPECT_EQ(outcome.browser, policy::sessions::BrowserToken::fresh) << "a full sign-in";
    EXPECT_EQ(outcome.methods, policy::Methods{Method::passkey});
    ASSERT_EQ(sessions().size(), 1U);
    EXPECT_EQ(sessions()[0].token_hash, outcome.session->session.hash);
    EXPECT_EQ(sessions()[0].level, 2);
    EXPECT_EQ(test::mails_of(m_w, m_ada.id, "E11"), 1) << "a browser that nobody knew";
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "signed_in"), 1);

    const auto known = test::with_browser(stranger(), outcome.session->browser.hash);
    const auto again = alone(m_phone, known);
    ASSERT_EQ(again.answer, Key::signed_in);
    EXPECT_EQ(again.browser, policy::sessions::BrowserToken::keeps);
    EXPECT_EQ(test::mails_of(m_w, m_ada.id, "E11"), 1) << "a known browser is nothing new";
}

TEST_P(ByPasskey, AHardwareKeyReachesTheHighestLevel)
{
    Authenticator key(host, origin, 2);
    key.backup_eligible = key.backed_up = false;
    test::enrol(m_w, m_ada.id, key);
    ASSERT_EQ(alone(key).answer, Key::signed_in);
    EXPECT_EQ(sessions().at(0).level, 3);
    // What the operator took away lifts no session, and is no dead end.
    m_w.world.methods.bound_passkey = false;
    const auto weaker = alone(key);
    ASSERT_EQ(weaker.answer, Key::signed_in);
    EXPECT_EQ(weaker.browser, policy::sessions::BrowserToken::none);
    for (const auto& session : sessions())
        if (session.token_hash == weaker.session->session.hash) EXPECT_EQ(session.level, 1);
}

TEST_P(ByPasskey, AChallengeIsForOneAnswerBrowserPurposeAndTime)
{
    const auto asked = ask_for_passkey(m_w.world);
    EXPECT_EQ(alone(answer(m_phone, asked, m_ada.id)).answer, Key::signed_in);
    EXPECT_EQ(alone(answer(m_phone, asked, m_ada.id)).answer, Key::refused) << "replayed";
    auto others = answer(m_phone, ask_for_passkey(m_w.world), m_ada.id);
    others.challenge_cookie = ask_for_passkey(m_w.world).cookie;
    EXPECT_EQ(alone(std::move(others)).answer, Key::refused) << "another browser's";
    auto bare = answer(m_phone, ask_for_passkey(m_w.world), m_ada.id);
    bare.challenge_cookie.clear();
    EXPECT_EQ(alone(std::move(bare)).answer, Key::refused);
    const auto half = begin(m_ada);
    EXPECT_EQ(alone(answer(m_phone, challenge_of(half), m_ada.id)).answer, Key::refused)
        << "asked for after a password";
    EXPECT_EQ(second(half, answer(m_phone, ask_for_passkey(m_w.world), m_ada.id)).answer, Key::refused);
    EXPECT_EQ(second(half, answer(m_phone, challenge_of(begin(m_ada)), m_ada.id)).answer, Key::refused)
        << "of another half-finished sign-in";
    const auto old = ask_for_passkey(m_w.world);
    m_w.clock.advance(std::chrono::minutes{5});
    EXPECT_EQ(alone(answer(m_phone, old, m_ada.id)).answer, Key::refused);
    EXPECT_EQ(sessions().size(), 1U);
}

TEST_P(ByPasskey, OnlyWhatNobodyHasIsForgotten)
{
    const Authenticator nobodys(host, origin, 9);
    EXPECT_EQ(alone(nobodys).answer, Key::unknown);
    const Authenticator copied_id;  // the same credential id, another key
    EXPECT_EQ(alone(copied_id).answer, Key::refused) << "a wrong signature makes no browser forget it";
    const Authenticator fake(host, "https://accounts-northstar.example");
    EXPECT_EQ(alone(fake).answer, Key::refused);
    for (const std::string state : {"locked", "closed"}) {
        const Person person = m_w.person({.email = state + "@mail.example"});
        const Authenticator key(host, origin, state == "locked" ? 3 : 4);
        test::enrol(m_w, person.id, key);
        test::put_state(m_w, person.id, state);
        EXPECT_EQ(alone(answer(key, ask_for_passkey(m_w.world), person.id)).answer,
                  state == "locked" ? Key::locked : Key::refused);
    }
    remove_passkeys();
    EXPECT_EQ(alone(m_phone).answer, Key::unknown);
    EXPECT_TRUE(sessions().empty());
}

TEST_P(ByPasskey, UnknownCostsAsManyStatementsAsAWrongSignature)
{
    const auto statements = [&](const Authenticator& key) {
        auto command = answer(key, ask_for_passkey(m_w.world), m_ada.id);
        const auto before = m_w.world.database.statement_count();
        EXPECT_NE(alone(std::move(command)).answer, Key::signed_in);
        return m_w.world.database.statement_count() - before;
    };
    // The one more is the counter of the passkey that the credential names.
    EXPECT_EQ(statements(Authenticator(host, origin, 9)) + 1, statements(Authenticator()));
}

TEST_P(ByPasskey, AnotherAccountsPasskeyOpensNothing)
{
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const Authenticator eves(host, origin, 2);
    test::enrol(m_w, eve.id, eves);
    EXPECT_EQ(alone(answer(eves, ask_for_passkey(m_w.world), m_ada.id)).answer, Key::refused)
        << "with ada's name on it";
    EXPECT_EQ(alone(answer(eves, ask_for_passkey(m_w.world), std::nullopt)).answer, Key::refused)
        << "nameless";
    const auto half = begin(m_ada);
    EXPECT_EQ(second(half, eves).answer, Key::refused) << "after ada's password";
    EXPECT_TRUE(sessions().empty());
    EXPECT_EQ(second(half, m_phone).answer, Key::signed_in) << "the half-finished sign-in stayed";
}

TEST_P(ByPasskey, AKeyThatVerifiesNobodyCountsBesideAPasswordOnly)
{
    Authenticator key(host, origin, 2);
    key.user_verified = key.backup_eligible = key.backed_up = false;
    test::enrol(m_w, m_ada.id, key);
    EXPECT_EQ(alone(key).answer, Key::needs_password);
    key.user_verified = true;  // somebody gave it a PIN since
    EXPECT_EQ(alone(key).answer, Key::needs_password);
    EXPECT_TRUE(sessions().empty());
    const auto outcome = second(begin(m_ada), key);
    ASSERT_EQ(outcome.answer, Key::signed_in);
    EXPECT_EQ(outcome.methods, (policy::Methods{Method::password, Method::touched_key}));
    EXPECT_EQ(sessions().at(0).level, 2) << "not that of a key that verifies its owner";
    m_phone.user_verified = false;
    EXPECT_EQ(alone(m_phone).answer, Key::needs_password);
}

TEST_P(ByPasskey, AfterAPasswordItFinishesTheSignInOnce)
{
    const auto half = begin(m_ada);
    const auto one = answer(m_phone, challenge_of(half), std::nullopt);
    const auto other = answer(m_phone, challenge_of(half), std::nullopt);
    std::atomic<int> signed_in = 0, over = 0;
    test::in_parallel(2, [&](int n) {
        const auto outcome = second(half, n == 0 ? one : other);
        if (outcome.answer == Key::signed_in) {
            ++signed_in;
            EXPECT_EQ(outcome.then, "/account/devices");
        }
        if (outcome.answer == Key::over) ++over;
    });
    EXPECT_EQ(signed_in, 1);
    EXPECT_EQ(over, 1);
    ASSERT_EQ(sessions().size(), 1U);
    EXPECT_EQ(sessions()[0].level, 2);
    EXPECT_EQ(second(half, one).answer, Key::over);
    EXPECT_FALSE(sync_wait(ask_for_key(m_w.world, half)).has_value());
}

TEST_P(ByPasskey, AHalfFinishedSignInThatIsOverTakesNoKey)
{
    const auto half = begin(m_ada);
    m_w.clock.advance(std::chrono::minutes{12});
    const auto command = answer(m_phone, challenge_of(half), std::nullopt);
    m_w.clock.advance(std::chrono::minutes{3});
    EXPECT_EQ(second(half, command).answer, Key::over);
    const auto locked = begin(m_ada);
    auto late = answer(m_phone, challenge_of(locked), std::nullopt);
    test::put_state(m_w, m_ada.id, "locked");
    EXPECT_EQ(second(locked, std::move(late)).answer, Key::over);
    EXPECT_TRUE(sessions().empty());
}

TEST_P(ByPasskey, ACounterThatGoesBackIsRefusedInBothPlaces)
{
    m_phone.counter = 7;
    ASSERT_EQ(alone(m_phone).answer, Key::signed_in);
    EXPECT_EQ(alone(m_phone).answer, Key::refused);
    EXPECT_EQ(second(begin(m_ada), m_phone).answer, Key::refused);
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "passkey_counter_back"), 2);
    EXPECT_GE(test::mails_of(m_w, m_ada.id, "E12-copy"), 1) << "its owner hears of it; more are bundled";
    EXPECT_EQ(m_log.alarms(), 2U);
    m_phone.counter = 8;
    EXPECT_EQ(alone(m_phone).answer, Key::signed_in);
    EXPECT_EQ(sessions().size(), 2U);
}

TEST_P(ByPasskey, OneAnswerOfACountingKeyOpensOneSession)
{
    m_phone.counter = 7;
    const auto one = answer(m_phone, ask_for_passkey(m_w.world), m_ada.id);
    const auto other = answer(m_phone, ask_for_passkey(m_w.world), m_ada.id);
    std::atomic<int> signed_in = 0;
    test::in_parallel(2, [&](int n) {
        if (alone(n == 0 ? one : other).answer == Key::signed_in) ++signed_in;
    });
    EXPECT_EQ(signed_in, 1) << "two answers with one count: one of them is a copy's";
    EXPECT_EQ(sessions().size(), 1U);
}

TEST_P(ByPasskey, OthersFailuresMakeNobodyWait)
{
    for (int n = 0; n < 11; ++n) {
        PasswordCommand guess{m_ada.email, Secret::from_text("wrong"), "/account", {}};
        sync_wait(check_password(m_w.world, stranger(), std::move(guess)));
    }
    EXPECT_GE(charged_to_strangers(), 10);
    PasswordCommand waits{m_ada.email, Secret::from_text(m_ada.password), "/account", {}};
    ASSERT_EQ(sync_wait(check_password(m_w.world, stranger(), std::move(waits))).answer, First::wait);
    EXPECT_EQ(alone(m_phone).answer, Key::signed_in);
    EXPECT_EQ(charged_to_strangers(), 0) << "a finished sign-in empties them";
    for (int n = 0; n < 5; ++n) EXPECT_EQ(alone(Authenticator()).answer, Key::refused);
    EXPECT_EQ(charged_to_strangers(), 0) << "a passkey costs no try";
}

TEST_P(ByPasskey, TheChooserListsWhatThereIsAndWhatWasUsedHere)
{
    const auto half = begin(m_ada);
    const auto offered = [&](policy::Methods used) {
        std::vector<Method> methods;
        for (const Choice& choice : sync_wait(find_open(m_w.world, half, used))->choices)
            methods.push_back(choice.method);
        return methods;
    };
    using Listed = std::vector<Method>;
    EXPECT_EQ(offered({}), (Listed{Method::passkey, Method::totp, Method::recovery_code}));
    EXPECT_EQ(offered({Method::totp}), (Listed{Method::totp, Method::passkey, Method::recovery_code}));
    const auto shown = sync_wait(find_open(m_w.world, half, {Method::totp}))->choices;
    EXPECT_TRUE(shown[0].used_here);
    EXPECT_FALSE(shown[1].used_here || shown[2].used_here);
    EXPECT_EQ(offered({Method::sms_code}), offered({})) << "never used by this account";
    Authenticator key(host, origin, 2);
    key.backup_eligible = key.backed_up = key.user_verified = false;
    test::enrol(m_w, m_ada.id, key);
    EXPECT_EQ(offered({}).size(), 3U) << "one page asks for any of the keys";
    PasswordCommand command{m_ada.email, Secret::from_text(m_ada.password), "/account", {}};
    EXPECT_EQ(sync_wait(check_password(m_w.world, stranger(), std::move(command))).second, Method::passkey);
    PasswordCommand by_app{m_ada.email, Secret::from_text(m_ada.password), "/account", {}, {Method::totp}};
    EXPECT_EQ(sync_wait(check_password(m_w.world, stranger(), std::move(by_app))).second, Method::totp);
    remove_passkeys();
    EXPECT_EQ(offered({Method::passkey}), (Listed{Method::totp, Method::recovery_code}));
}

TEST_P(ByPasskey, WithEachCallFailingOnceItOpensOneSessionOrNone)
{
    std::uint8_t number = 20;
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string& name, const auto& attempt) {
        const Person person = m_w.person({.email = name + "@mail.example"});
        const Authenticator key(host, origin, number++);
        test::enrol(m_w, person.id, key);
        const auto command = answer(key, ask_for_passkey(m_w.world), person.id);
        const bool through = attempt([&] { EXPECT_EQ(alone(command).answer, Key::signed_in); });
        const auto opened =
            m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, person.id); }).size();
        EXPECT_LE(opened, 1U);
        if (through) EXPECT_EQ(opened, 1U);
        EXPECT_EQ(alone(answer(key, ask_for_passkey(m_w.world), person.id)).answer, Key::signed_in)
            << "nothing is stuck";
    });
}

}  // namespace
}  // namespace sallyport::sign_in
