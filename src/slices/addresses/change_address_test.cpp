// A11: who may, what is told, what waits, who stops it and who brings it back.
#include "slices/addresses/change_address.h"

#include "policy/step_up.h"
#include "proof/change_stops.h"
#include "proof/changes.h"
#include "proof/stop_code.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/signed_in.h"
#include "support/stops.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace sallyport::addresses {
namespace {

using policy::Level;
using policy::changes::Kind;
using std::chrono::days;
using std::chrono::hours;

constexpr char old_address[] = "ada@mail.example";
constexpr char new_address[] = "ada@new.example";
constexpr char second_address[] = "ada@second.example";

class ChangeAddress : public testing::TestWithParam<db::test::Engine> {
protected:
    using Mails = std::map<std::string, store::OutboxMail>;  // by "E29 to"
    proof::Holder sign_in(Level level = Level::aal2)
    {
        auto browser = test::sign_in(m_w, m_ada.id, level, {policy::Method::password, policy::Method::totp});
        return {m_ada.id, browser.session, level, browser.asker};
    }
    /// What happens in the transaction of a step-up by the app, now.
    AskAnswer begin(const proof::Holder& holder, const std::string& address = new_address)
    {
        return m_w.transact([&](db::Tx& tx) {
            const Instant now = m_w.clock.now();
            store::spend_totp_step(tx, m_ada.app_ids.at(0), to_unix_ms(now) / 30'000, 0, now);
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, holder.account);
            return begin_address(tx, m_w.world, holder, set, address, now);
        });
    }
    std::string sent_code(const proof::Holder& holder, const std::string& to = new_address)
    {
        EXPECT_EQ(sync_wait(send_address_code(m_w.world, holder)).answer, proof::SendAnswer::sent);
        std::string code;
        for (const auto& mail : test::new_mails(m_w))
            if (mail.mail == "E7" && mail.to == to) code = test::parameter(mail, "code");
        return code;
    }
    Proven prove(const proof::Holder& holder, std::string typed)
    {
        return sync_wait(prove_address(m_w.world, holder, std::move(typed)));
    }
    Mails mails()
    {
        Mails all;
        for (auto& mail : test::new_mails(m_w)) all.emplace(mail.mail + " " + mail.to, std::move(mail));
        return all;
    }
    /// As far as the change that waits; the mails that tell of it.
    Mails ask(const proof::Holder& holder, const std::string& address = new_address)
    {
        EXPECT_EQ(begin(holder, address), AskAnswer::waits);
        const std::string code = sent_code(holder, address);
        EXPECT_EQ(prove(holder, code), Proven::change_waits);
        return mails();
    }
    /// And until it is done.
    Mails change(const std::string& address = new_address)
    {
        ask(sign_in(), address);
        m_w.clock.advance(hours{73});
        EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 1);
        return mails();
    }
    static std::string stop_in(const Mails& mails, const std::string& which)
    {
        const auto at = mails.find(which);
        return at == mails.end() ? "" : test::parameter(at->second, "stop");
    }
    /// nullopt: there is no such code.
    std::optional<StopAnswer> stop(const std::string& shown, bool strong = false)
    {
        policy::Methods beside;
        if (strong) beside.add(policy::Method::totp);
        return test::stop_by_code(m_w, shown, beside, &m_taken);
    }
    StopAnswer keep(const proof::Holder& holder, const ChangeId& change)
    {
        return sync_wait(proof::stop_by_session(m_w.world, holder, Kind::change_email, change));
    }
    std::string primary() { return m_w.credentials(m_ada.id).primary_address().address(); }
    std::optional<AccountId> owner_of(const std::string& address)
    {
        return m_w.transact([&](db::Tx& tx) { return store::find_account(tx, address); });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::Person m_ada = m_w.person({.notice_email = second_address});
    bool m_taken = false;
};
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
    EXPECT_EQ(shown.change->after, new_address);
    m_w.clock.advance(hours{71});
    EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 0) << "the browser is new: 72 hours";
    m_w.clock.advance(hours{1});
    EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 1);
    EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 0);
    EXPECT_EQ(primary(), new_address);
    EXPECT_EQ(owner_of(new_address), m_ada.id);
    EXPECT_FALSE(owner_of(old_address));
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 0U);
    EXPECT_EQ(m_w.credentials(m_ada.id).holds().back().cause, policy::holds::Cause::email_changed);
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
    EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 1);
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
        EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 0);
        EXPECT_EQ(primary(), old_address);
    }
    const auto asked = ask(sign_in());
    const std::string code = stop_in(asked, std::string("E29 ") + old_address);
    EXPECT_EQ(stop(code), StopAnswer::once_only) << "a thief of the old mailbox keeps nobody there";
    EXPECT_EQ(stop(code, true), StopAnswer::stopped) << "a strong factor always can";
}

TEST_P(ChangeAddress, TheOldAddressBringsItselfBackOnce)
{
    const auto done = change();
    const std::string code = stop_in(done, std::string("E30 ") + old_address);
    const auto thief = sign_in();
    EXPECT_EQ(stop(code), StopAnswer::undone);
    EXPECT_EQ(primary(), old_address);
    EXPECT_FALSE(owner_of(new_address));
    EXPECT_EQ(owner_of(old_address), m_ada.id);
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 0U) << "whoever has the new mailbox is signed out";
    const auto told = mails();
    for (const char* const to : {old_address, second_address, new_address})
        EXPECT_TRUE(told.contains(std::string("E30-undone ") + to)) << to;
    EXPECT_EQ(stop(code), std::nullopt);
    // And again: the thief of the old mailbox has had his turn.
    const auto again = change();
    EXPECT_EQ(stop(stop_in(again, std::string("E30 ") + old_address)), StopAnswer::once_only);
    EXPECT_EQ(primary(), new_address);
}

TEST_P(ChangeAddress, TheCodeOfTheAskingBringsItBackToo)
{
    const auto asked = ask(sign_in());
    m_w.clock.advance(hours{73});
    EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + second_address)), std::nullopt) << "it is due";
    EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 1);
    EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + old_address)), StopAnswer::undone);
    EXPECT_EQ(primary(), old_address);
}

TEST_P(ChangeAddress, DueButNotDoneYetItIsNotDone)
{
    const auto asked = ask(sign_in());
    m_w.clock.advance(hours{73});
    EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + old_address)), StopAnswer::undone);
    EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 0);
    EXPECT_EQ(primary(), old_address);
    EXPECT_FALSE(owner_of(new_address));
}

TEST_P(ChangeAddress, After30DaysTheOldAddressIsNobodys)
{
    const auto done = change();
    const std::string code = stop_in(done, std::string("E30 ") + old_address);
    const auto is_told = [&] {
        return m_w.transact([&](db::Tx& tx) {
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            return proof::old_channels(set, m_w.clock.now()).size() == 1;
        });
    };
    m_w.clock.advance(days{30} - hours{2});
    EXPECT_TRUE(is_told());
    m_w.clock.advance(hours{2});
    EXPECT_FALSE(is_told());
    EXPECT_EQ(stop(code), std::nullopt);
    EXPECT_EQ(primary(), new_address);
}

TEST_P(ChangeAddress, TheOldAddressHearsOfEverythingButNewWords)
{
    change();
    const auto changed_words = [&](const std::string& now) {
        m_w.transact([&](db::Tx& tx) {
            auto account = store::load_account(tx, m_w.keys.keys, m_ada.id);
            if (!now.empty()) {
                account.words = {now, account.words.now, m_w.clock.now()};
                store::set_words(tx, m_w.keys.keys, m_ada.id, account.words);
            }
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            proof::tell(tx, m_w.world, policy::notices::Kind::kit_made, account, set,
                        proof::facts_of(test::stranger(), m_w.clock.now()), m_w.clock.now());
        });
        return mails();
    };
    const auto before = changed_words("");
    const auto after = changed_words("violet anchor 7");
    for (const char* const to : {old_address, new_address, second_address}) {
        ASSERT_TRUE(before.contains(std::string("E27 ") + to)) << to;
        ASSERT_TRUE(after.contains(std::string("E27 ") + to)) << to;
        EXPECT_FALSE(test::parameter(before.at(std::string("E27 ") + to), "words").empty()) << to;
        EXPECT_EQ(test::parameter(after.at(std::string("E27 ") + to), "words").empty(), to == old_address);
    }
}

TEST_P(ChangeAddress, WhatWasBuiltOnAChangeFallsWithIt)
{
    const auto first = change();
    const auto second = change("ada@third.example");
    EXPECT_EQ(primary(), "ada@third.example");
    EXPECT_EQ(stop(stop_in(first, std::string("E30 ") + old_address)), StopAnswer::undone);
    EXPECT_EQ(primary(), old_address);
    EXPECT_EQ(stop(stop_in(second, std::string("E30 ") + new_address)), std::nullopt);
}

TEST_P(ChangeAddress, AnOldAddressThatIsTakenCannotComeBack)
{
    const auto done = change();
    const auto eve = m_w.person({.email = old_address});
    EXPECT_EQ(stop(stop_in(done, std::string("E30 ") + old_address)), StopAnswer::too_late);
    EXPECT_TRUE(m_taken);
    EXPECT_EQ(primary(), new_address);
    EXPECT_EQ(owner_of(old_address), eve.id);
}

TEST_P(ChangeAddress, TheOwnerKeepsTheOldOneFromASession)
{
    const auto holder = sign_in();
    ask(holder);
    auto shown = sync_wait(show(m_w.world, holder));
    EXPECT_EQ(keep(holder, shown.change->id), StopAnswer::stopped);
    EXPECT_EQ(keep(holder, shown.change->id), StopAnswer::stopped_already);
    ask(holder);
    shown = sync_wait(show(m_w.world, holder));
    EXPECT_EQ(keep(holder, shown.change->id), StopAnswer::once_only);
    const auto strong = m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        return proof::stop_by_holder(tx, m_w.world, holder, set, Kind::change_email, shown.change->id,
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
    test::in_parallel(4, [&](int) { sync_wait(proof::do_due_changes(m_w.world)); });
    m_w.clock.advance(hours{1});
    sync_wait(proof::do_due_changes(m_w.world));
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
            proof::stop_by_holder(tx, m_w.world, holder, set, Kind::change_email, shown.change->id,
                                  {policy::Method::totp}, m_w.clock.now());
        });
        mails();
    });
}

}  // namespace
}  // namespace sallyport::addresses
