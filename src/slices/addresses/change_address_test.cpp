// A11: who may, what is told, what waits, who stops it and who brings it back.
#include "slices/addresses/test_change.h"

#include "support/each_call.h"
#include "support/told.h"

namespace sallyport::addresses {
namespace {

class ChangeAddress : public AddressTest {};
INSTANTIATE_TEST_SUITE_P(Engines, ChangeAddress, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(ChangeAddress, WaitsIsToldAndTakesOver)
{
    const auto holder = sign_in();
    ASSERT_EQ(begin(holder), AskAnswer::waits);
    EXPECT_EQ(prove(holder, "123456"), Proven::code_over) << "none was sent";
    const std::string code = sent_code(holder);
    EXPECT_EQ(prove(sign_in(), code), Proven::over) << "another session";
    EXPECT_EQ(prove(holder, code == "000000" ? "000001" : "000000"), Proven::wrong);
    EXPECT_EQ(prove(holder, code), Proven::change_waits);
    EXPECT_EQ(prove(holder, code), Proven::over);
    const auto asked = mails();
    EXPECT_FALSE(stop_in(asked, std::string("E29 ") + old_address).empty());
    EXPECT_FALSE(stop_in(asked, std::string("E29 ") + second_address).empty());
    EXPECT_FALSE(asked.contains(std::string("E29 ") + new_address)) << "not the account's yet";
    EXPECT_EQ(primary(), old_address);
    const auto shown = sync_wait(show(m_w.world, holder));
    ASSERT_TRUE(shown.change);
    EXPECT_EQ(shown.change->change.after, new_address);
    m_w.clock.advance(hours{71});
    EXPECT_EQ(test::do_due(m_w), 0) << "the browser is new: 72 hours";
    m_w.clock.advance(hours{1});
    EXPECT_EQ(test::do_due(m_w), 1);
    EXPECT_EQ(test::do_due(m_w), 0);
    EXPECT_EQ(primary(), new_address);
    EXPECT_EQ(owner_of(new_address), m_ada.id);
    EXPECT_FALSE(owner_of(old_address));
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 0U);
    const auto holds = m_w.credentials(m_ada.id).holds();
    ASSERT_EQ(holds.size(), 1U);
    EXPECT_EQ(holds[0].cause, policy::holds::Cause::email_changed);
    EXPECT_GE(holds[0].until, m_w.clock.now() + hours{72});
    const auto done = mails();
    EXPECT_FALSE(stop_in(done, std::string("E30 ") + old_address).empty());
    EXPECT_TRUE(done.contains(std::string("E30 ") + new_address));
    EXPECT_TRUE(stop_in(done, std::string("E30 ") + new_address).empty()) << "it brings nothing back";
    EXPECT_TRUE(stop_in(done, std::string("E30 ") + second_address).empty());
}

TEST_P(ChangeAddress, OnlyWhereTheLawLetsIt)
{
    EXPECT_EQ(begin(sign_in(Level::aal1)), AskAnswer::needs_level);
    const auto holder = sign_in();
    const auto look = [&](std::string typed) {
        return sync_wait(look_at_address(m_w.world, holder, std::move(typed)));
    };
    EXPECT_EQ(look("no address").typed, Typed::malformed);
    EXPECT_EQ(look("ADA@mail.example").typed, Typed::the_same);
    EXPECT_EQ(look(second_address).typed, Typed::second);
    EXPECT_EQ(look(new_address).typed, Typed::good);
    ask(holder);
    EXPECT_EQ(begin(holder, "ada@third.example"), AskAnswer::pending_already);
    EXPECT_EQ(look("ada@third.example").may, AskAnswer::pending_already);
    const auto young = m_w.person({.email = "eve@mail.example", .created_at = m_w.clock.now() - hours{71}});
    m_ada.app_ids = young.app_ids;
    const auto browser = test::sign_in(m_w, young.id);
    EXPECT_EQ(begin({young.id, browser.session, Level::aal2, browser.asker}), AskAnswer::too_young);
}

TEST_P(ChangeAddress, AnAddressThatAnotherAccountHasLooksTheSame)
{
    const auto eve = m_w.person({.email = "eve@mail.example"});
    const auto holder = sign_in();
    ASSERT_EQ(begin(holder, "eve@mail.example"), AskAnswer::waits);
    EXPECT_EQ(sync_wait(send_address_code(m_w.world, holder)).answer, proof::SendAnswer::sent);
    const auto sent = mails();
    EXPECT_FALSE(sent.contains("E7 eve@mail.example"));
    ASSERT_TRUE(sent.contains("E7-known eve@mail.example"));
    const auto open = sync_wait(find_set_up(m_w.world, holder));
    ASSERT_TRUE(open && open->code);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(prove(holder, "12345" + std::to_string(i)), Proven::wrong);
    EXPECT_EQ(prove(holder, "123456"), Proven::code_over);
    EXPECT_EQ(owner_of("eve@mail.example"), eve.id);
}

TEST_P(ChangeAddress, TakenMeanwhileItEndsAndIsTold)
{
    ask(sign_in());
    const auto eve = m_w.person({.email = new_address});
    m_w.clock.advance(hours{73});
    EXPECT_EQ(test::do_due(m_w), 1);
    EXPECT_EQ(primary(), old_address);
    EXPECT_EQ(owner_of(new_address), eve.id);
    const auto told = mails();
    EXPECT_TRUE(told.contains(std::string("E30-taken ") + old_address));
    EXPECT_FALSE(told.contains(std::string("E30-taken ") + new_address));
    EXPECT_TRUE(m_w.credentials(m_ada.id).holds().empty());
}

TEST_P(ChangeAddress, AnyOlderChannelStopsItOnce)
{
    for (const char* const by : {old_address, second_address}) {
        const auto asked = ask(sign_in());
        EXPECT_EQ(stop("AAAAA-AAAAA"), std::nullopt);
        EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + by)), StopAnswer::stopped);
        EXPECT_TRUE(mails().contains(std::string("E29-stopped ") + old_address));
        EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + by)), std::nullopt) << "its codes died with it";
        m_w.clock.advance(hours{80});
        EXPECT_EQ(test::do_due(m_w), 0);
        EXPECT_EQ(primary(), old_address);
    }
    const auto asked = ask(sign_in());
    const std::string code = stop_in(asked, std::string("E29 ") + old_address);
    EXPECT_EQ(stop(code), StopAnswer::once_only) << "a thief of the old mailbox keeps nobody there";
    EXPECT_EQ(stop(code, true), StopAnswer::stopped) << "a strong factor always can";
}

TEST_P(ChangeAddress, TheOwnerKeepsTheOldOneFromASession)
{
    const auto holder = sign_in();
    ask(holder);
    auto shown = sync_wait(show(m_w.world, holder));
    EXPECT_EQ(keep(holder, shown.change->change.id), StopAnswer::stopped);
    EXPECT_EQ(keep(holder, shown.change->change.id), StopAnswer::stopped_already);
    ask(holder);
    shown = sync_wait(show(m_w.world, holder));
    EXPECT_EQ(keep(holder, shown.change->change.id), StopAnswer::once_only);
    const auto strong = m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        return proof::stop_by_holder(tx, m_w.world, holder, set, Kind::change_email, shown.change->change.id,
                                     {policy::Method::totp}, m_w.clock.now());
    });
    EXPECT_EQ(strong, StopAnswer::stopped);
    EXPECT_EQ(primary(), old_address);
}

TEST_P(ChangeAddress, TwoAccountsRaceForOneAddress)
{
    const auto eve = m_w.person({.email = "eve@mail.example"});
    ask(sign_in());
    const auto browser = test::sign_in(m_w, eve.id);
    m_ada.app_ids = eve.app_ids;
    ask({eve.id, browser.session, Level::aal2, browser.asker});
    m_w.clock.advance(hours{73});
    test::in_parallel(4, [&](int) { test::do_due(m_w); });
    m_w.clock.advance(hours{1});
    test::do_due(m_w);
    const auto winner = owner_of(new_address);
    ASSERT_TRUE(winner == m_ada.id || winner == eve.id);
    const auto loser = winner == m_ada.id ? eve.id : m_ada.id;
    EXPECT_NE(m_w.credentials(loser).primary_address().address(), new_address);
    EXPECT_EQ(test::events_of(m_w, loser, "email_not_changed"), 1);
    EXPECT_EQ(test::events_of(m_w, *winner, "email_changed"), 1);
}

TEST_P(ChangeAddress, NobodyFloodsAMailboxWithCodes)
{
    const auto holder = sign_in();
    ASSERT_EQ(begin(holder, "victim@mail.example"), AskAnswer::waits);
    std::size_t sent = 0;
    for (int i = 0; i < 40; ++i) {
        sync_wait(send_address_code(m_w.world, holder));
        m_w.clock.advance(std::chrono::seconds{20});
        sent += mails().size();
    }
    EXPECT_LE(sent, 5U);
    EXPECT_GE(sent, 2U);
}

TEST_P(ChangeAddress, EachCallFailingLeavesNoHalf)
{
    int n = 0;
    db::test::with_each_call_failing(m_failing, 2, [&](const std::string&, auto fails) {
        m_w.clock.advance(hours{25});
        const auto holder = sign_in();
        const std::string address = "n" + std::to_string(++n) + "@new.example";
        ASSERT_EQ(begin(holder, address), AskAnswer::waits);
        const std::string code = sent_code(holder, address);
        fails([&] { prove(holder, code); });
        const auto shown = sync_wait(show(m_w.world, holder));
        EXPECT_EQ(mails().size(), shown.change ? 2U : 0U) << "it waits and is told, or neither";
        if (!shown.change) return;
        m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            proof::stop_by_holder(tx, m_w.world, holder, set, Kind::change_email, shown.change->change.id,
                                  {policy::Method::totp}, m_w.clock.now());
        });
        mails();
    });
}

}  // namespace
}  // namespace sallyport::addresses
