#include "slices/factors/make_kit.h"

#include "proof/codes.h"
#include "slices/factors/saved_part.h"
#include "slices/factors/show_factors.h"
#include "slices/factors/test_person.h"
#include "support/each_call.h"
#include "support/engines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace sallyport::factors {
namespace {

using policy::Level;
using policy::factors::AddVerdict;
using test::Ground;
using test::Person;

class MakeKit : public testing::TestWithParam<db::test::Engine> {
protected:
    /// What the step-up does: a code of the app is spent, then the deed.
    AddVerdict begin(Person& person, const proof::Holder& holder)
    {
        m_ground.clock.advance(std::chrono::seconds{30});  // a code of its own
        const Instant now = m_ground.clock.now();
        const auto id = m_ground.random.id<KitId>(now);
        return person.with_credentials([&](db::Tx& tx, store::CredentialSet& set) {
            const auto spent = proof::check_totp(tx, m_ground.world, set, person.code(0), now);
            EXPECT_EQ(spent.answer, policy::factors::CodeAnswer::accepted);
            return begin_kit(tx, m_ground.world, holder, id, set, now);
        });
    }
    KitAnswer make(const proof::Holder& holder)
    {
        return sync_wait(make_codes(m_ground.world, holder)).answer;
    }
    KitAnswer ask(const proof::Holder& holder)
    {
        return sync_wait(ask_for_code(m_ground.world, holder)).answer;
    }
    KitAnswer finish(const proof::Holder& holder, std::string part)
    {
        return sync_wait(finish_kit(m_ground.world, holder, std::move(part))).answer;
    }
    /// The sheet as the person has it; empty where nothing is under way.
    std::vector<std::string> sheet(const proof::Holder& holder)
    {
        const auto open = sync_wait(find_new_kit(m_ground.world, holder));
        std::vector<std::string> codes;
        if (open)
            for (const Secret& code : open->set_up.printed) codes.emplace_back(code.reveal_text());
        return codes;
    }
    /// The last four characters of the code that is asked for; empty where none is.
    std::string asked_part(const proof::Holder& holder)
    {
        const auto open = sync_wait(find_new_kit(m_ground.world, holder));
        if (!open || open->set_up.asked == 0) return {};
        const std::string code(
            open->set_up.printed.at(static_cast<std::size_t>(open->set_up.asked - 1)).reveal_text());
        return code.substr(code.size() - 4);
    }
    std::optional<store::Kit> kit_of(Person& person)
    {
        return person.with_credentials([](db::Tx&, store::CredentialSet& set) { return set.kit(); });
    }
    bool opens(Person& person, std::string code)
    {
        return sync_wait(
                   proof::check_recovery_code(m_ground.world, person.id(), kit_of(person), std::move(code)))
            .code.has_value();
    }
    /// A whole new kit.
    std::vector<std::string> renew(Person& person, const proof::Holder& holder)
    {
        EXPECT_EQ(begin(person, holder), AddVerdict::allowed);
        EXPECT_EQ(make(holder), KitAnswer::done);
        const auto codes = sheet(holder);
        EXPECT_EQ(ask(holder), KitAnswer::done);
        EXPECT_EQ(finish(holder, asked_part(holder)), KitAnswer::done);
        return codes;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_database{m_fresh.database()};
    Ground m_ground{m_database};
};

TEST_P(MakeKit, IsInForceOnlyAfterTheProofAndKillsTheOldOne)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    const auto old = renew(ada, holder);
    ASSERT_EQ(old.size(), 10U);
    EXPECT_TRUE(opens(ada, old[2]));
    ada.sign_in(Level::aal2);
    EXPECT_EQ(ada.sessions(), 2);

    ASSERT_EQ(begin(ada, holder), AddVerdict::allowed);
    EXPECT_TRUE(sheet(holder).empty());
    EXPECT_EQ(ask(holder), KitAnswer::not_now);  // no codes yet
    ASSERT_EQ(make(holder), KitAnswer::done);
    const auto codes = sheet(holder);
    EXPECT_EQ(make(holder), KitAnswer::done);  // pressed twice
    EXPECT_EQ(sheet(holder), codes);           // what was printed stays
    EXPECT_EQ(finish(holder, codes[0]), KitAnswer::not_now);
    ASSERT_EQ(ask(holder), KitAnswer::done);
    EXPECT_EQ(finish(holder, "UUUU"), KitAnswer::wrong);
    EXPECT_EQ(finish(holder, asked_part(holder).substr(1)), KitAnswer::wrong);
    EXPECT_TRUE(opens(ada, old[2]));
    EXPECT_FALSE(opens(ada, codes[2]));
    EXPECT_EQ(finish(holder, asked_part(holder)), KitAnswer::done);
    EXPECT_FALSE(opens(ada, old[2]));
    EXPECT_TRUE(opens(ada, codes[2]));
    EXPECT_EQ(kit_of(ada)->codes.size(), 10U);
    EXPECT_EQ(ada.sessions(), 1);
    EXPECT_EQ(ada.mails("E27"), 2);
    EXPECT_EQ(ada.events("kit_made"), 2);
    EXPECT_TRUE(sheet(holder).empty());  // never shown again
    EXPECT_EQ(finish(holder, codes[0]), KitAnswer::over);
}

TEST_P(MakeKit, ShowsTheBackupKeyOfTheApp)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder), AddVerdict::allowed);
    const auto open = sync_wait(find_new_kit(m_ground.world, holder));
    ASSERT_TRUE(open.has_value());
    ASSERT_EQ(open->app_keys.size(), 1U);
    EXPECT_EQ(open->app_keys[0].reveal_text(), crypto::key_text(ada.key(0)).reveal_text());
}

// Whoever added an app by the password and the mailbox leaves the owner the way back that the kit is.
TEST_P(MakeKit, AYoungAppKillsNoKitThatIsOlder)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    m_ground.clock.advance(-std::chrono::hours{1});
    const auto old = renew(ada, holder);  // made before the app
    m_ground.clock.advance(std::chrono::hours{2});
    EXPECT_EQ(sync_wait(show_kit(m_ground.world, holder)).make, AddVerdict::too_young);
    EXPECT_EQ(begin(ada, holder), AddVerdict::too_young);
    EXPECT_EQ(make(holder), KitAnswer::over);
    EXPECT_TRUE(opens(ada, old[2]));
    m_ground.clock.advance(std::chrono::hours{72});
    const auto later = ada.sign_in(Level::aal2);
    EXPECT_EQ(sync_wait(show_kit(m_ground.world, later)).make, AddVerdict::allowed);
    renew(ada, later);
    EXPECT_FALSE(opens(ada, old[2]));
}

TEST_P(MakeKit, ByAWeakProofNoneThatWorksIsKilled)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    renew(ada, holder);
    const auto id = m_ground.random.id<KitId>(m_ground.clock.now());
    m_ground.clock.advance(std::chrono::hours{80});  // the app is old, and was not used now
    const auto verdict = ada.with_credentials([&](db::Tx& tx, store::CredentialSet& set) {
        return begin_kit(tx, m_ground.world, holder, id, set, m_ground.clock.now());
    });
    EXPECT_EQ(verdict, AddVerdict::too_young);
}

// attacks.md, case 8.
TEST_P(MakeKit, AWeakSessionMakesNone)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto weak = ada.sign_in(Level::aal1, {policy::Method::password, policy::Method::recovery_code});
    EXPECT_EQ(sync_wait(show_kit(m_ground.world, weak)).make, AddVerdict::needs_level);
    EXPECT_EQ(begin(ada, weak), AddVerdict::needs_level);
    EXPECT_EQ(make(weak), KitAnswer::over);
    EXPECT_FALSE(kit_of(ada).has_value());
}

TEST_P(MakeKit, BelongsToOneSessionOfOneAccountForHalfAnHour)
{
    Person ada(m_ground, "ada@mail.example", 1);
    Person eve(m_ground, "eve@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    const auto elsewhere = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder), AddVerdict::allowed);
    ASSERT_EQ(make(holder), KitAnswer::done);
    ASSERT_EQ(ask(holder), KitAnswer::done);
    const std::string part = asked_part(holder);
    proof::Holder stolen = eve.sign_in(Level::aal2);
    stolen.session = holder.session;  // the row is found, and is not hers
    EXPECT_TRUE(sheet(elsewhere).empty());
    EXPECT_TRUE(sheet(stolen).empty());
    EXPECT_EQ(finish(elsewhere, part), KitAnswer::over);
    EXPECT_EQ(finish(stolen, part), KitAnswer::over);
    m_ground.clock.advance(kit_set_up_life);
    EXPECT_EQ(finish(holder, part), KitAnswer::over);
    EXPECT_FALSE(kit_of(ada).has_value());
}

TEST_P(MakeKit, FinishingTwiceAtOnceMakesOneKit)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    ASSERT_EQ(begin(ada, holder), AddVerdict::allowed);
    ASSERT_EQ(make(holder), KitAnswer::done);
    ASSERT_EQ(ask(holder), KitAnswer::done);
    const std::string part = asked_part(holder);
    constexpr std::size_t presses = 8;
    std::vector<KitAnswer> answers(presses);
    std::vector<std::thread> running;
    for (KitAnswer& answer : answers) running.emplace_back([&] { answer = finish(holder, part); });
    for (std::thread& thread : running) thread.join();
    EXPECT_EQ(std::ranges::count(answers, KitAnswer::done), 1);
    EXPECT_EQ(ada.mails("E27"), 1);
    EXPECT_EQ(kit_of(ada)->codes.size(), 10U);
}

TEST_P(MakeKit, CancellingKeepsTheOldOne)
{
    Person ada(m_ground, "ada@mail.example", 1);
    const auto holder = ada.sign_in(Level::aal2);
    const auto old = renew(ada, holder);
    ASSERT_EQ(begin(ada, holder), AddVerdict::allowed);
    sync_wait(cancel_kit(m_ground.world, holder));
    EXPECT_EQ(make(holder), KitAnswer::over);
    EXPECT_TRUE(opens(ada, old[9]));
}

// Each call to the database fails once, before it or with its answer lost: pressing again ends with one kit
// and one mail.
TEST_P(MakeKit, SurvivesEachFailingCall)
{
    db::test::with_each_call_failing(m_database, 5, [&](const std::string& name, const auto& attempt) {
        Person person(m_ground, name + "@mail.example", 1);
        const auto holder = person.sign_in(Level::aal2);
        ASSERT_EQ(begin(person, holder), AddVerdict::allowed);
        const auto run = [&] {
            if (make(holder) != KitAnswer::done || ask(holder) != KitAnswer::done) return;
            if (const std::string part = asked_part(holder); !part.empty()) finish(holder, part);
        };
        if (!attempt(run)) run();
        EXPECT_EQ(kit_of(person)->codes.size(), 10U);
        EXPECT_EQ(person.mails("E27"), 1);
        EXPECT_EQ(person.events("kit_made"), 1);
    });
}

INSTANTIATE_TEST_SUITE_P(Engines, MakeKit, testing::ValuesIn(db::test::engines()), db::test::engine_name);

struct Part {
    std::string saved;
    std::string typed;
    Spelling spelling;
    bool right;
};

TEST(SavedPart, IsComparedAsPeopleType)
{
    const std::string key = "JBSW Y3DP EHPK 3PXP";
    const std::string code = "3-ABCD-EFGH-JK0N-PQ1S";
    for (const Part& part : {
             Part{key, "EHPK 3PXP", Spelling::base32, true},
             Part{key, "ehpk-3pxp", Spelling::base32, true},
             Part{key, "EHPK٣PXP", Spelling::base32, true},  // an Arabic-Indic three
             Part{key, "JBSWY3DPEHPK3PXP", Spelling::base32, true},
             Part{key, "JBSW Y3DP", Spelling::base32, false},  // the beginning
             Part{key, "PXP", Spelling::base32, false},
             Part{key, "", Spelling::base32, false},
             Part{key, "AJBSWY3DPEHPK3PXP", Spelling::base32, false},
             Part{code, "pqls", Spelling::crockford, true},
             Part{code, "JKON PQIS", Spelling::crockford, true},
             Part{code, "PQ1T", Spelling::crockford, false},
         }) {
        const std::size_t least = part.spelling == Spelling::base32 ? 8 : 4;
        EXPECT_EQ(is_last_part(Secret::from_text(part.saved), part.typed, part.spelling, least), part.right)
            << part.typed;
    }
}

}  // namespace
}  // namespace sallyport::factors
