// A13, P22: which sessions a person sees, and which of them end.
#include "slices/account/devices.h"

#include "policy/sessions.h"
#include "slices/account/overview.h"
#include "slices/account/test_actor.h"
#include "store/trusted_browsers.h"
#include "support/each_call.h"
#include "support/engines.h"

#include <gtest/gtest.h>

namespace sallyport::account {
namespace {

using policy::Level;
using policy::Method;
using test::Person;

class Devices : public testing::TestWithParam<db::test::Engine> {
protected:
    std::vector<Device> list(const test::Browser& browser)
    {
        return sync_wait(list_devices(m_w.world, actor_of(browser))).sessions;
    }
    static SessionId id_of(const test::Browser& browser) { return store::session_id_of(browser.session); }
    test::Browser sign_in(const Person& person, std::string browser)
    {
        proof::Asker asker = test::stranger();
        asker.browser = std::move(browser);
        m_w.clock.advance(std::chrono::seconds{1});
        return test::sign_in(m_w, person.id, Level::aal2, {Method::password, Method::totp}, asker);
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    const Person m_ada = m_w.person({.notice_email = "ada@other.example"});
    const Person m_eve = m_w.person({.email = "eve@mail.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, Devices, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Devices, ShowsOnesOwnSessionsInForceThisOneFirst)
{
    sign_in(m_ada, "Safari · iPhone");
    m_w.clock.advance(policy::sessions::Limits{}.idle);  // over, though its row is there
    const auto phone = sign_in(m_ada, "Chrome · Android");
    const auto here = sign_in(m_ada, "Firefox · Linux");
    const auto tablet = sign_in(m_ada, "Edge · Windows");
    sign_in(m_eve, "Opera · Linux");
    m_w.clock.advance(std::chrono::minutes{5});
    const auto devices = list(here);
    ASSERT_EQ(devices.size(), 3U);
    EXPECT_EQ(devices[0].browser, "Firefox · Linux");
    EXPECT_TRUE(devices[0].own);
    EXPECT_EQ(devices[0].last_seen, m_w.clock.now());
    EXPECT_EQ(devices[0].address, "192.0.2.7");
    EXPECT_EQ(devices[0].methods, proof::bits_of({Method::password, Method::totp}));
    EXPECT_EQ(devices[1].id, id_of(tablet)) << "seen last";
    EXPECT_EQ(devices[2].id, id_of(phone));
    EXPECT_FALSE(devices[1].own || devices[2].own);
}

TEST_P(Devices, TrustedBrowsersAreListedAndEnd)
{
    const auto here = sign_in(m_ada, "Firefox · Linux");
    const auto phone = sign_in(m_ada, "Chrome · Android");
    const auto trust = [&](const Person& person, std::uint8_t name, const test::Browser* of = nullptr) {
        m_w.clock.advance(std::chrono::seconds{1});
        const store::TrustedBrowser browser{m_w.random.id<BrowserId>(m_w.clock.now()),
                                            store::TokenHash{name},
                                            Bytes(65, name),
                                            m_w.clock.now(),
                                            "Chrome · Android",
                                            "192.0.2.9"};
        m_w.transact([&](db::Tx& tx) {
            store::trust_browser(tx, m_w.keys.keys, browser, person.id, 10);
            if (of != nullptr) store::note_trusted_session(tx, browser.id, id_of(*of));
        });
        return browser;
    };
    proof::Holder actor = actor_of(here);
    actor.asker.browser_tokens = {store::TokenHash{1}};
    const auto listed = [&] { return sync_wait(list_devices(m_w.world, actor)).trusted; };
    const auto own = trust(m_ada, 1, &here);
    trust(m_ada, 2, &phone);
    const auto eves = trust(m_eve, 3);
    auto found = listed();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_FALSE(found[0].own) << "newest first";
    EXPECT_TRUE(found[1].own);
    EXPECT_EQ(found[1].id, own.id);
    EXPECT_EQ(found[1].browser, "Chrome · Android");
    EXPECT_EQ(found[1].address, "192.0.2.9");
    EXPECT_EQ(found[1].since, own.trusted_at);
    EXPECT_EQ(found[1].until, own.trusted_at + std::chrono::days{30});

    EXPECT_FALSE(sync_wait(end_trusted(m_w.world, actor, eves.id))) << "another's";
    EXPECT_TRUE(sync_wait(end_device(m_w.world, actor, id_of(phone))));
    found = listed();
    ASSERT_EQ(found.size(), 1U) << "with the session of that browser";
    EXPECT_TRUE(sync_wait(end_trusted(m_w.world, actor, own.id)));
    EXPECT_FALSE(sync_wait(end_trusted(m_w.world, actor, own.id)));
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "trust_ended"), 2);

    trust(m_ada, 1, &here);
    trust(m_ada, 4);
    sign_in(m_ada, "Edge · Windows");
    EXPECT_EQ(sync_wait(end_other_devices(m_w.world, actor)), 1);
    found = listed();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].own) << "the browser that acts stays trusted";
    EXPECT_EQ(sync_wait(end_all_trusted(m_w.world, actor)), 1);
    EXPECT_EQ(sync_wait(end_all_trusted(m_w.world, actor)), 0);
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "trust_ended"), 3);
    EXPECT_EQ(m_w.transact([&](db::Tx& tx) { return store::trusted_of(tx, m_w.keys.keys, m_eve.id); }).size(),
              1U);

    trust(m_ada, 1);
    m_w.clock.advance(std::chrono::days{30});
    EXPECT_TRUE(listed().empty());
}

TEST_P(Devices, EndsOneOfOnesOwnAndOfNobodyElse)
{
    const auto phone = sign_in(m_ada, "Chrome · Android");
    const auto here = sign_in(m_ada, "Firefox · Linux");
    const auto hers = sign_in(m_eve, "Opera · Linux");
    const proof::Holder actor = actor_of(here);
    EXPECT_FALSE(sync_wait(end_device(m_w.world, actor, id_of(hers))));
    EXPECT_EQ(test::sessions_of(m_w, m_eve.id), 1U);
    EXPECT_TRUE(sync_wait(end_device(m_w.world, actor, id_of(phone))));
    EXPECT_FALSE(sync_wait(end_device(m_w.world, actor, id_of(phone)))) << "it has ended already";
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U);
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "session_ended"), 1);
    EXPECT_TRUE(test::new_mails(m_w).empty());
    const auto ended = sync_wait(store::ended_since(m_w.world.database, test::start_of_test));
    EXPECT_EQ(ended, (std::vector<store::TokenHash>{phone.session})) << "what other processes read";
}

TEST_P(Devices, EndsAllOthersAndTellsEveryAddress)
{
    sign_in(m_ada, "Chrome · Android");
    sign_in(m_ada, "Safari · iPhone");
    const auto here = sign_in(m_ada, "Firefox · Linux");
    sign_in(m_eve, "Opera · Linux");
    EXPECT_EQ(sync_wait(end_other_devices(m_w.world, actor_of(here))), 2);
    EXPECT_EQ(list(here).size(), 1U);
    EXPECT_EQ(test::sessions_of(m_w, m_eve.id), 1U);
    EXPECT_EQ(m_w.wakes, 1);
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 2U);
    for (const store::OutboxMail& mail : mails) {
        EXPECT_EQ(mail.mail, "E16");
        EXPECT_EQ(test::parameter(mail, "browser"), "Firefox · Linux");
        EXPECT_EQ(test::parameter(mail, "words"), "amber river 48");
    }
    EXPECT_EQ(sync_wait(end_other_devices(m_w.world, actor_of(here))), 0);
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "sessions_ended"), 1) << "ending nothing is no deed";
    EXPECT_TRUE(test::new_mails(m_w).empty());
}

TEST_P(Devices, SigningOutEndsThisSessionAlone)
{
    const auto phone = sign_in(m_ada, "Chrome · Android");
    const auto here = sign_in(m_ada, "Firefox · Linux");
    sync_wait(sign_out(m_w.world, actor_of(here)));
    const auto left = list(phone);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].id, id_of(phone));
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "signed_out"), 1);
    EXPECT_TRUE(test::new_mails(m_w).empty());
}

TEST_P(Devices, WithEachCallFailingOnceItIsAllOrNothing)
{
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string& name, const auto& attempt) {
        const Person bob = m_w.person({.email = name + "@mail.example"});
        const auto phone = sign_in(bob, "Chrome · Android");
        sign_in(bob, "Safari · iPhone");
        const auto here = sign_in(bob, "Firefox · Linux");
        const proof::Holder actor = actor_of(here);
        attempt([&] {
            sync_wait(end_device(m_w.world, actor, id_of(phone)));
            sync_wait(end_other_devices(m_w.world, actor));
            sync_wait(sign_out(m_w.world, actor));
        });
        const auto left = test::sessions_of(m_w, bob.id);
        const auto events = [&](const char* kind) { return test::events_of(m_w, bob.id, kind); };
        EXPECT_EQ(events("session_ended"), left < 3 ? 1 : 0);
        EXPECT_EQ(events("sessions_ended"), left < 2 ? 1 : 0);
        EXPECT_EQ(test::mails_of(m_w, bob.id, "E16"), left < 2 ? 1 : 0);
        EXPECT_EQ(events("signed_out"), left < 1 ? 1 : 0);
    });
}

TEST_P(Devices, TheOverviewSaysWhatProtectsTheAccount)
{
    const Person plain = m_w.person({.email = "plain@mail.example", .apps = 0, .words = ""});
    const auto bare = sync_wait(load_overview(m_w.world, plain.id));
    EXPECT_EQ(bare.apps, 0);
    EXPECT_FALSE(bare.kit_made_at || bare.kit_is_old || bare.has_words || bare.notice_address);
    EXPECT_TRUE(bare.events.empty());
    EXPECT_EQ(bare.password_changed_at, test::start_of_test - std::chrono::days{30});

    const Person full = m_w.person(
        {.email = "full@mail.example", .apps = 2, .codes = 10, .notice_email = "full@other.example"});
    for (const char* browser : {"one", "two", "three", "four", "five", "six"}) sign_in(full, browser);
    auto overview = sync_wait(load_overview(m_w.world, full.id));
    EXPECT_EQ(overview.apps, 2);
    EXPECT_EQ(overview.codes_left, 10);
    EXPECT_FALSE(overview.kit_is_old);
    EXPECT_TRUE(overview.has_words);
    EXPECT_EQ(overview.notice_address, Email::parse("full@other.example")->masked());
    ASSERT_EQ(overview.events.size(), 5U);
    EXPECT_EQ(overview.events[0].browser, "six") << "newest first";
    m_w.clock.set(*overview.kit_made_at + kit_age_max);
    EXPECT_FALSE(sync_wait(load_overview(m_w.world, full.id)).kit_is_old);
    m_w.clock.advance(Duration{1});
    EXPECT_TRUE(sync_wait(load_overview(m_w.world, full.id)).kit_is_old);
}

}  // namespace
}  // namespace sallyport::account
