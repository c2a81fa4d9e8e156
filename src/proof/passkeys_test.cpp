// A passkey as evidence, on both engines: who it is, that a challenge is answered once and in its browser
// only, and that nothing else passes.
#include "proof/passkeys.h"

#include "support/engines.h"
#include "support/enrolled.h"

#include <gtest/gtest.h>

namespace sallyport::proof {
namespace {

using policy::Method;
using policy::passkeys::AssertionAnswer;
using policy::passkeys::Use;
using test::Authenticator;

class PasskeyProofs : public testing::TestWithParam<db::test::Engine> {
protected:
    PasskeyProofs() { test::enrol(m_world, m_ada.id, m_phone); }

    PasskeyChallenge challenge(std::string_view purpose = "sign_in", BytesView bound_to = {})
    {
        return make_passkey_challenge(m_world.world, purpose, bound_to, m_world.clock.now());
    }
    PasskeyAnswer answer(const Authenticator& authenticator, const PasskeyChallenge& challenge,
                         const AccountId& handle)
    {
        auto said = authenticator.answer(challenge.bytes);
        return {authenticator.credential_id, said.client_data_json, said.authenticator_data, said.signature,
                user_handle_of(handle)};
    }
    PasskeyOutcome check(Use use, const PasskeyChallenge& asked, PasskeyAnswer said,
                         std::optional<AccountId> account = {}, std::string_view purpose = "sign_in",
                         BytesView bound_to = {})
    {
        auto expected = expected_challenge(m_world.world, asked.cookie, purpose, bound_to);
        return sync_wait(
            check_passkey(m_world.world, m_asker, use, std::move(expected), account, std::move(said)));
    }
    PasskeyOutcome sign_in(Use use = Use::alone)
    {
        const auto asked = challenge();
        return check(use, asked, answer(m_phone, asked, m_ada.id),
                     use == Use::alone ? std::nullopt : std::optional(m_ada.id));
    }
    bool use(const PasskeyProof& proof)
    {
        return m_world.transact([&](db::Tx& tx) {
            const auto set = store::CredentialSet::load(tx, m_world.keys.keys, m_ada.id);
            return use_passkey(tx, set, proof, m_asker, m_world.clock.now());
        });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_world{m_fresh.database()};
    test::CapturedLog m_log;
    const test::Person m_ada = m_world.person();
    Authenticator m_phone;
    Asker m_asker{"192.0.2.7", "192.0.2.7", "Firefox on Linux", "en", {}};
};
INSTANTIATE_TEST_SUITE_P(Engines, PasskeyProofs, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(PasskeyProofs, APasskeyNamesItsAccount)
{
    const auto outcome = sign_in();
    ASSERT_EQ(outcome.answer, AssertionAnswer::right);
    EXPECT_EQ(outcome.proof->account, m_ada.id);
    EXPECT_EQ(outcome.proof->method, Method::passkey);
    EXPECT_TRUE(use(*outcome.proof));
    EXPECT_EQ(sign_in(Use::second).answer, AssertionAnswer::right);
}

TEST_P(PasskeyProofs, AChallengeIsAnsweredOnce)
{
    const auto asked = challenge();
    const auto first = check(Use::alone, asked, answer(m_phone, asked, m_ada.id));
    const auto parallel = check(Use::alone, asked, answer(m_phone, asked, m_ada.id));
    ASSERT_TRUE(first.proof && parallel.proof);
    EXPECT_TRUE(use(*first.proof));
    EXPECT_FALSE(use(*parallel.proof)) << "two answers verified at once: one deed";
    EXPECT_EQ(check(Use::alone, asked, answer(m_phone, asked, m_ada.id)).answer,
              AssertionAnswer::challenge_refused);
}

TEST_P(PasskeyProofs, ARefusedAnswerSpendsItsChallenge)
{
    const auto asked = challenge();
    auto wrong = answer(m_phone, asked, m_ada.id);
    wrong.signature.back() ^= 1;
    EXPECT_EQ(check(Use::alone, asked, wrong).answer, AssertionAnswer::unknown_credential);
    EXPECT_EQ(check(Use::alone, asked, answer(m_phone, asked, m_ada.id)).answer,
              AssertionAnswer::challenge_refused);
}

TEST_P(PasskeyProofs, AChallengeIsForOneBrowserPurposeAndTime)
{
    const auto asked = challenge();
    const auto others = challenge();
    EXPECT_EQ(check(Use::alone, others, answer(m_phone, asked, m_ada.id)).answer,
              AssertionAnswer::unknown_credential)
        << "another browser's cookie: the signature is over another challenge";
    EXPECT_EQ(check(Use::alone, asked, answer(m_phone, asked, m_ada.id), {}, "step_up").answer,
              AssertionAnswer::challenge_refused);
    EXPECT_EQ(check(Use::alone, asked, answer(m_phone, asked, m_ada.id), {}, "sign_in", Bytes{1}).answer,
              AssertionAnswer::challenge_refused);
    auto forged = challenge();
    forged.cookie[5] = forged.cookie[5] == 'A' ? 'B' : 'A';
    EXPECT_EQ(check(Use::alone, forged, answer(m_phone, forged, m_ada.id)).answer,
              AssertionAnswer::challenge_refused);
    const auto old = challenge();
    m_world.clock.advance(std::chrono::minutes{5});
    EXPECT_EQ(check(Use::alone, old, answer(m_phone, old, m_ada.id)).answer,
              AssertionAnswer::challenge_refused);
}

TEST_P(PasskeyProofs, TheAccountMustBeTheRightOne)
{
    const test::Person eve = m_world.person({.email = "eve@mail.example"});
    Authenticator key("accounts.northstar.example", "https://accounts.northstar.example", 2);
    test::enrol(m_world, eve.id, key);
    auto asked = challenge();
    EXPECT_EQ(check(Use::second, asked, answer(key, asked, eve.id), m_ada.id).answer,
              AssertionAnswer::other_account)
        << "eve's key after ada's password";
    asked = challenge();
    EXPECT_EQ(check(Use::alone, asked, answer(key, asked, m_ada.id)).answer, AssertionAnswer::other_account)
        << "eve's key with ada's name on it";
    asked = challenge();
    auto nameless = answer(m_phone, asked, m_ada.id);
    nameless.user_handle.clear();
    EXPECT_EQ(check(Use::alone, asked, nameless).answer, AssertionAnswer::other_account);
}

TEST_P(PasskeyProofs, OnlyItsOwnKeySigns)
{
    Authenticator copy_of_id;  // the same credential id, another key
    auto asked = challenge();
    EXPECT_EQ(check(Use::alone, asked, answer(copy_of_id, asked, m_ada.id)).answer,
              AssertionAnswer::unknown_credential);
    Authenticator fake_site("accounts.northstar.example", "https://accounts-northstar.example");
    test::enrol(m_world, m_world.person({.email = "eve@mail.example"}).id,
                Authenticator("accounts.northstar.example", "https://accounts.northstar.example", 9));
    asked = challenge();
    EXPECT_EQ(check(Use::alone, asked, answer(fake_site, asked, m_ada.id)).answer,
              AssertionAnswer::unknown_credential);
    asked = challenge();
    auto said = answer(m_phone, asked, m_ada.id);
    said.credential_id.back() ^= 1U;
    EXPECT_EQ(check(Use::alone, asked, said).answer, AssertionAnswer::unknown_credential);
}

TEST_P(PasskeyProofs, ItCountsAtRelatedOrigins)
{
    const std::string other = "https://northstar.example";
    Authenticator there("accounts.northstar.example", other, 3);
    const test::Person eve = m_world.person({.email = "eve@mail.example"});
    m_world.world.brand.related_origins = {other};
    test::enrol(m_world, eve.id, there);
    auto asked = challenge();
    EXPECT_EQ(check(Use::alone, asked, answer(there, asked, eve.id)).answer, AssertionAnswer::right);
    m_world.world.brand.related_origins.clear();
    asked = challenge();
    EXPECT_EQ(check(Use::alone, asked, answer(there, asked, eve.id)).answer,
              AssertionAnswer::unknown_credential);
}

TEST_P(PasskeyProofs, OnlyACredentialOfNobodyIsForgotten)
{
    auto asked = challenge();
    EXPECT_FALSE(check(Use::alone, asked, answer(Authenticator(), asked, m_ada.id)).nobody_has_it)
        << "a wrong signature";
    asked = challenge();
    const Authenticator nobodys("accounts.northstar.example", "https://accounts.northstar.example", 7);
    EXPECT_TRUE(check(Use::alone, asked, answer(nobodys, asked, m_ada.id)).nobody_has_it);
    EXPECT_FALSE(check(Use::alone, asked, answer(nobodys, asked, m_ada.id)).nobody_has_it)
        << "a challenge that was answered says nothing";
}

TEST_P(PasskeyProofs, WithoutVerificationItIsNotBothFactors)
{
    m_phone.user_verified = false;
    EXPECT_EQ(sign_in().answer, AssertionAnswer::not_verified);
    const auto second = sign_in(Use::second);
    ASSERT_EQ(second.answer, AssertionAnswer::right);
    EXPECT_EQ(second.proof->method, Method::touched_key);
    EXPECT_EQ(sign_in(Use::step_up).answer, AssertionAnswer::not_verified);
}

TEST_P(PasskeyProofs, ACounterThatGoesBackIsRefusedAndTold)
{
    m_phone.counter = 7;
    const auto first = sign_in();
    ASSERT_EQ(first.answer, AssertionAnswer::right);
    ASSERT_TRUE(use(*first.proof));
    EXPECT_EQ(sign_in().answer, AssertionAnswer::counter_back);
    EXPECT_EQ(m_log.alarms(), 1U);
    m_phone.counter = 8;
    EXPECT_EQ(sign_in().answer, AssertionAnswer::right);
}

TEST_P(PasskeyProofs, TheLoserOfARaceDoesNothing)
{
    m_phone.counter = 7;
    const auto one = sign_in();
    const auto other = sign_in();
    ASSERT_TRUE(one.proof && other.proof);
    EXPECT_TRUE(use(*one.proof));
    EXPECT_FALSE(use(*other.proof)) << "its counter was seen before the other's use";
}

TEST_P(PasskeyProofs, ARemovedPasskeyProvesNothingAnyMore)
{
    const auto outcome = sign_in();
    ASSERT_TRUE(outcome.proof);
    m_world.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_world.keys.keys, m_ada.id);
        set.remove_passkey(outcome.proof->passkey);
        set.save(tx, m_world.keys.keys, m_world.clock.now());
    });
    EXPECT_FALSE(use(*outcome.proof));
    EXPECT_EQ(sign_in().answer, AssertionAnswer::unknown_credential);
}

}  // namespace
}  // namespace sallyport::proof
