// Trusted browsers: made by a second factor and a key, used with a password and that key, and by nothing
// less; ended by every security change.
#include "slices/sign_in/trusted_browser.h"

#include "proof/effects.h"
#include "proof/trusted_session.h"
#include "slices/sign_in/first_factor.h"
#include "slices/sign_in/second_factor.h"
#include "store/budgets.h"
#include "store/trusted_browsers.h"
#include "support/browser_key.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/locked.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::sign_in {
namespace {

using policy::Method;
using policy::sessions::Event;
using test::BrowserKey;
using test::Person;
using test::start_of_test;
using test::stranger;
constexpr Duration step = std::chrono::seconds{30};

class TrustedBrowser : public testing::TestWithParam<db::test::Engine> {
protected:
    store::TokenHash begin(const Person& person, proof::Asker asker)
    {
        PasswordCommand command{person.email, Secret::from_text(person.password), "/account/devices",
                                std::nullopt};
        const auto outcome = sync_wait(check_password(m_w.world, std::move(asker), std::move(command)));
        EXPECT_EQ(outcome.answer, First::second_factor);
        return outcome.half_finished ? outcome.half_finished->hash : store::TokenHash{};
    }
    TrustWish wish(const AccountId& account, const store::TokenHash& half, const BrowserKey& key)
    {
        return {half, key.point(), key.sign(trust_challenge(TrustPurpose::make, account, half))};
    }
    /// Password and the code of the app; gives the asker with the browser's cookie.
    proof::Asker trust(const Person& person, const BrowserKey& key, proof::Asker asker = stranger())
    {
        m_w.clock.advance(step);
        const auto half = begin(person, asker);
        auto outcome = sync_wait(check_second_factor(m_w.world, asker, half, person.code(now()), Method::totp,
                                                     std::nullopt, wish(person.id, half, key)));
        EXPECT_EQ(outcome.answer, Second::signed_in);
        if (outcome.browser == policy::sessions::BrowserToken::fresh)
            asker.browser_tokens.insert(asker.browser_tokens.begin(), outcome.session->browser.hash);
        return asker;
    }
    Bytes answer(const AccountId& account, const store::TokenHash& half, const BrowserKey& key)
    {
        return key.sign(trust_challenge(TrustPurpose::use, account, half));
    }
    TrustedOutcome use(const store::TokenHash& half, const proof::Asker& asker, Bytes signature)
    {
        return sync_wait(sign_in_trusted(m_w.world, asker, half, std::move(signature)));
    }
    /// The whole of it: password, then the key.
    Trusted enter(const Person& person, const proof::Asker& asker, const BrowserKey& key)
    {
        const auto half = begin(person, asker);
        return use(half, asker, answer(person.id, half, key)).answer;
    }
    TrustOffer offer(const store::TokenHash& half, const proof::Asker& asker, Method method = Method::totp)
    {
        return sync_wait(offer_trust(m_w.world, asker, half, method));
    }
    std::size_t trusted(const Person& person)
    {
        return m_w.transact([&](db::Tx& tx) { return store::trusted_of(tx, m_w.keys.keys, person.id); })
            .size();
    }
    std::vector<store::Session> sessions(const Person& person)
    {
        return m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, person.id); });
    }
    void happen(Event event, const Person& person, std::optional<store::TokenHash> own = std::nullopt)
    {
        m_w.transact([&](db::Tx& tx) { return proof::end_by(tx, event, person.id, own, now()); });
    }
    Instant now() { return m_w.clock.now(); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    const Person m_ada = m_w.person({.codes = 2, .notice_email = "second@other.example"});
    const BrowserKey m_key;
};
INSTANTIATE_TEST_SUITE_P(Engines, TrustedBrowser, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(TrustedBrowser, SignsInAtTheLowestLevelAndIsTold)
{
    const auto laptop = trust(m_ada, m_key);
    EXPECT_EQ(trusted(m_ada), 1U);
    EXPECT_EQ(test::mails_of(m_w, m_ada.id, "E17"), 2) << "to both addresses";
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "browser_trusted"), 1);
    for (const auto& mail : test::new_mails(m_w)) {
        if (mail.mail == "E17") {
            EXPECT_EQ(test::parameter(mail, "until"),
                      std::to_string(to_unix_ms(now() + std::chrono::days{30})));
        }
    }
    const auto half = begin(m_ada, laptop);
    ASSERT_TRUE(offer(half, laptop).use.has_value());
    EXPECT_EQ(*offer(half, laptop).use, trust_challenge(TrustPurpose::use, m_ada.id, half));
    const auto outcome = use(half, laptop, answer(m_ada.id, half, m_key));
    ASSERT_EQ(outcome.answer, Trusted::signed_in);
    EXPECT_EQ(outcome.then, "/account/devices");
    const auto found = sessions(m_ada);
    ASSERT_EQ(found.size(), 2U);
    const auto& session = found[0].token_hash == outcome.session->session.hash ? found[0] : found[1];
    EXPECT_EQ(session.level, 1) << "aal1 until a factor is shown";
    EXPECT_EQ(proof::methods_of(session.methods), policy::Methods{Method::password});
    EXPECT_TRUE(proof::by_trusted_browser(session.methods)) << "and its row says how it was opened";
    EXPECT_FALSE(proof::by_trusted_browser((&session == &found[0] ? found[1] : found[0]).methods));
    EXPECT_TRUE(test::new_mails(m_w).empty()) << "a known browser is nothing new";
    EXPECT_EQ(use(half, laptop, answer(m_ada.id, half, m_key)).answer, Trusted::over) << "used up";
    EXPECT_EQ(enter(m_ada, laptop, m_key), Trusted::signed_in) << "the next one is asked anew";
    EXPECT_EQ(trusted(m_ada), 1U);
}

TEST_P(TrustedBrowser, NothingLessOpensAnything)
{
    const auto laptop = trust(m_ada, m_key);
    const BrowserKey other;
    EXPECT_EQ(enter(m_ada, laptop, other), Trusted::refused) << "the cookie was copied, the key was not";
    EXPECT_EQ(enter(m_ada, stranger(), m_key), Trusted::refused) << "the key without its cookie";

    const Person eve = m_w.person({.email = "eve@mail.example"});
    const auto eves = trust(eve, other);
    auto both = laptop;
    both.browser_tokens.push_back(eves.browser_tokens.at(0));
    EXPECT_EQ(enter(m_ada, both, other), Trusted::refused) << "the key of another account";
    EXPECT_EQ(enter(m_ada, eves, other), Trusted::refused);
    EXPECT_EQ(enter(m_ada, both, m_key), Trusted::signed_in) << "two accounts in one browser";
    EXPECT_EQ(enter(eve, both, other), Trusted::signed_in);

    const auto half = begin(m_ada, laptop);
    const auto another = begin(m_ada, laptop);
    const auto right = answer(m_ada.id, half, m_key);
    EXPECT_EQ(use(another, laptop, right).answer, Trusted::refused) << "another sign-in's challenge";
    const std::size_t before = sessions(m_ada).size();
    EXPECT_EQ(use(half, laptop, right).answer, Trusted::signed_in);
    EXPECT_EQ(use(begin(m_ada, laptop), laptop, right).answer, Trusted::refused) << "replayed";
    const auto wished = begin(m_ada, laptop);
    EXPECT_EQ(use(wished, laptop, wish(m_ada.id, wished, m_key).signature).answer, Trusted::refused)
        << "a signature for another purpose";
    EXPECT_EQ(use(begin(m_ada, laptop), laptop, {}).answer, Trusted::refused);
    EXPECT_EQ(use(store::TokenHash{1}, laptop, right).answer, Trusted::over) << "no password was right";
    EXPECT_EQ(sessions(m_ada).size(), before + 1);
}

TEST_P(TrustedBrowser, AsksOnceAndThenForTheSecondFactor)
{
    const auto laptop = trust(m_ada, m_key);
    const auto half = begin(m_ada, laptop);
    EXPECT_EQ(use(half, laptop, Bytes(64, 1)).answer, Trusted::refused);
    EXPECT_FALSE(offer(half, laptop).use.has_value()) << "no loop";
    EXPECT_EQ(use(half, laptop, answer(m_ada.id, half, m_key)).answer, Trusted::refused)
        << "one answer for each challenge";
    m_w.clock.advance(step);
    const auto outcome = sync_wait(
        check_second_factor(m_w.world, laptop, half, m_ada.code(now()), Method::totp, std::nullopt));
    EXPECT_EQ(outcome.answer, Second::signed_in) << "the factor is taken as ever";
}

TEST_P(TrustedBrowser, EndsInTime)
{
    const auto laptop = trust(m_ada, m_key);
    auto half = begin(m_ada, laptop);
    m_w.clock.advance(std::chrono::minutes{5} - Duration{1});
    EXPECT_TRUE(offer(half, laptop).use.has_value());
    m_w.clock.advance(Duration{1});
    EXPECT_FALSE(offer(half, laptop).use.has_value());
    EXPECT_EQ(use(half, laptop, answer(m_ada.id, half, m_key)).answer, Trusted::refused) << "too late";
    m_w.clock.set(start_of_test + step + std::chrono::days{30} - Duration{1});
    EXPECT_EQ(enter(m_ada, laptop, m_key), Trusted::signed_in);
    m_w.clock.advance(Duration{1});
    half = begin(m_ada, laptop);
    EXPECT_FALSE(offer(half, laptop).use.has_value()) << "using the trust extended nothing";
    EXPECT_EQ(use(half, laptop, answer(m_ada.id, half, m_key)).answer, Trusted::refused);
}

TEST_P(TrustedBrowser, EverySecurityChangeEndsItAndSigningOutDoesNot)
{
    auto laptop = trust(m_ada, m_key);
    happen(Event::signed_out, m_ada, sessions(m_ada).at(0).token_hash);
    EXPECT_EQ(enter(m_ada, laptop, m_key), Trusted::signed_in) << "its purpose";
    for (const Event event : {Event::password_changed, Event::factor_changed, Event::password_reset,
                              Event::account_locked, Event::account_closed}) {
        laptop = trust(m_ada, m_key, laptop);
        const auto half = begin(m_ada, laptop);
        happen(event, m_ada);
        EXPECT_EQ(trusted(m_ada), 0U);
        EXPECT_NE(use(half, laptop, answer(m_ada.id, half, m_key)).answer, Trusted::signed_in);
        EXPECT_EQ(enter(m_ada, laptop, m_key), Trusted::refused);
    }
    laptop = trust(m_ada, m_key, laptop);
    const BrowserKey other;
    const auto phone = trust(m_ada, other);
    const auto newest = sessions(m_ada).at(0).token_hash;
    happen(Event::others_ended, m_ada, newest);
    EXPECT_EQ(enter(m_ada, laptop, m_key), Trusted::refused);
    EXPECT_EQ(enter(m_ada, phone, other), Trusted::signed_in) << "the browser that acts stays trusted";
}

TEST_P(TrustedBrowser, IsMadeByASecondFactorAndItsKeyOnly)
{
    const auto half = begin(m_ada, stranger());
    const auto made = [&](Method method, std::string typed, std::optional<TrustWish> wished,
                          const store::TokenHash& row) {
        const auto outcome = sync_wait(check_second_factor(m_w.world, stranger(), row, std::move(typed),
                                                           method, std::nullopt, std::move(wished)));
        EXPECT_EQ(outcome.answer, Second::signed_in) << "no wish hinders a sign-in";
        m_w.clock.advance(step);
        return trusted(m_ada);
    };
    EXPECT_EQ(made(Method::recovery_code, std::string(m_ada.codes[0].reveal_text()),
                   wish(m_ada.id, half, m_key), half),
              0U);
    auto next = begin(m_ada, stranger());
    auto forged = wish(m_ada.id, next, m_key);
    forged.public_key = BrowserKey().point();
    EXPECT_EQ(made(Method::totp, m_ada.code(now()), forged, next), 0U) << "a key that did not sign";
    next = begin(m_ada, stranger());
    forged = wish(m_ada.id, begin(m_ada, stranger()), m_key);
    forged.half_finished = next;
    EXPECT_EQ(made(Method::totp, m_ada.code(now()), forged, next), 0U) << "signed for another sign-in";
    next = begin(m_ada, stranger());
    EXPECT_EQ(made(Method::totp, m_ada.code(now()), TrustWish{next, Bytes(65, 4), Bytes(64, 4)}, next), 0U);
    next = begin(m_ada, stranger());
    EXPECT_EQ(made(Method::totp, m_ada.code(now()), std::nullopt, next), 0U);
    EXPECT_EQ(test::mails_of(m_w, m_ada.id, "E17"), 0);

    m_w.world.methods.trusted_browsers = false;
    next = begin(m_ada, stranger());
    EXPECT_FALSE(offer(next, stranger()).make.has_value());
    EXPECT_EQ(made(Method::totp, m_ada.code(now()), wish(m_ada.id, next, m_key), next), 0U);
    m_w.world.methods.trusted_browsers = true;
    next = begin(m_ada, stranger());
    EXPECT_TRUE(offer(next, stranger()).make.has_value());
    EXPECT_FALSE(offer(next, stranger(), Method::recovery_code).make.has_value());
    EXPECT_FALSE(offer(next, stranger(), Method::sms_code).make.has_value())
        << "a weak code makes no browser known, so none trusted";
    EXPECT_EQ(offer(next, stranger()).days, 30);
    EXPECT_EQ(made(Method::totp, m_ada.code(now()), wish(m_ada.id, next, m_key), next), 1U);
}

TEST_P(TrustedBrowser, StrictDoesNotTakeOneThatThereIs)
{
    const auto laptop = trust(m_ada, m_key);
    m_w.world.methods = policy::profile::table_of(policy::profile::Profile::strict);
    const auto half = begin(m_ada, laptop);
    EXPECT_FALSE(offer(half, laptop).use.has_value());
    EXPECT_EQ(use(half, laptop, answer(m_ada.id, half, m_key)).answer, Trusted::refused);
}

TEST_P(TrustedBrowser, AtMostSoManyAndTheOldestGoes)
{
    m_w.world.trust.browsers_max = 2;
    std::vector<BrowserKey> keys(3);
    std::vector<proof::Asker> browsers;
    for (const BrowserKey& key : keys) browsers.push_back(trust(m_ada, key));
    EXPECT_EQ(enter(m_ada, browsers[0], keys[0]), Trusted::refused);
    EXPECT_EQ(enter(m_ada, browsers[1], keys[1]), Trusted::signed_in);
    EXPECT_EQ(enter(m_ada, browsers[2], keys[2]), Trusted::signed_in);
}

TEST_P(TrustedBrowser, ALockedAccountAndATamperedRowOpenNothing)
{
    const auto laptop = trust(m_ada, m_key);
    const auto half = begin(m_ada, laptop);
    m_w.transact([](db::Tx& tx) { tx.execute("UPDATE trusted_browsers SET created_at = created_at + 1"); });
    {
        test::CapturedLog log;
        EXPECT_EQ(use(half, laptop, answer(m_ada.id, half, m_key)).answer, Trusted::refused);
        EXPECT_EQ(log.alarms(), 1U);
    }
    m_w.transact([](db::Tx& tx) { tx.execute("UPDATE trusted_browsers SET created_at = created_at - 1"); });
    const auto another = begin(m_ada, laptop);
    test::put_state(m_w, m_ada.id, "locked");
    EXPECT_EQ(use(another, laptop, answer(m_ada.id, another, m_key)).answer, Trusted::over);
    EXPECT_FALSE(sync_wait(find_open(m_w.world, another, {})).has_value()) << "the row died";
}

TEST_P(TrustedBrowser, ForgetsNobodysTries)
{
    const auto laptop = trust(m_ada, m_key);
    const auto wrong = begin(m_ada, laptop);
    sync_wait(
        check_second_factor(m_w.world, laptop, wrong, m_ada.wrong_code(now()), Method::totp, std::nullopt));
    const auto charged = [&] {
        return m_w.transact([](db::Tx& tx) {
            return tx.query("SELECT COALESCE(SUM(charged), 0) FROM budgets WHERE kind = 'known_browser'")
                .integer(0, 0);
        });
    };
    ASSERT_EQ(charged(), 1);
    EXPECT_EQ(enter(m_ada, laptop, m_key), Trusted::signed_in);
    EXPECT_EQ(charged(), 1) << "or whoever sits at it would guess at the app for ever";
}

TEST_P(TrustedBrowser, ParallelAnswersOpenOneSession)
{
    const auto laptop = trust(m_ada, m_key);
    const auto second = m_fresh.open_again();
    test::World other(*second, 8);
    const auto half = begin(m_ada, laptop);
    const auto right = answer(m_ada.id, half, m_key);
    const std::size_t before = sessions(m_ada).size();
    std::atomic<int> signed_in = 0;
    test::in_parallel(8, [&](int n) {
        auto& world = (n % 2 == 0 ? m_w : other).world;
        if (sync_wait(sign_in_trusted(world, laptop, half, right)).answer == Trusted::signed_in) ++signed_in;
    });
    EXPECT_EQ(signed_in, 1);
    EXPECT_EQ(sessions(m_ada).size(), before + 1);
}

TEST_P(TrustedBrowser, EachCallFailingLeavesAllOrNothing)
{
    const auto laptop = trust(m_ada, m_key);
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string&, auto attempt) {
        const auto half = begin(m_ada, laptop);
        const std::size_t before = sessions(m_ada).size();
        Trusted said = Trusted::over;
        attempt([&] { said = use(half, laptop, answer(m_ada.id, half, m_key)).answer; });
        const bool open = sync_wait(find_open(m_w.world, half, {})).has_value();
        EXPECT_EQ(sessions(m_ada).size(), before + (open ? 0 : 1)) << "the row died with the session's birth";
        if (said == Trusted::signed_in) {
            EXPECT_FALSE(open);
        }
    });
}

}  // namespace
}  // namespace sallyport::sign_in
