// A11, when the code is typed: the account, the session and the address are looked at once more.
#include "slices/addresses/change_address.h"

#include "store/accounts.h"
#include "support/engines.h"
#include "support/locked.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::addresses {
namespace {

constexpr auto new_address = "ada@new.example";

class SettleAddress : public testing::TestWithParam<db::test::Engine> {
protected:
    /// A set-up in a session of its own; its code waits in a mail.
    proof::Holder begin(const std::string& address)
    {
        m_w.clock.advance(std::chrono::seconds{90});
        const auto browser = test::sign_in(m_w, m_ada.id);
        const proof::Holder holder{m_ada.id, browser.session, browser.level, browser.asker};
        m_w.transact([&](db::Tx& tx) {
            const Instant now = m_w.clock.now();
            store::spend_totp_step(tx, m_ada.app_ids.at(0), to_unix_ms(now) / 30'000, 0, now);
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            EXPECT_EQ(begin_address(tx, m_w.world, holder, set, address, now), AskAnswer::waits);
        });
        return holder;
    }
    std::string sent_code(const proof::Holder& holder)
    {
        EXPECT_EQ(sync_wait(send_address_code(m_w.world, holder)).answer, proof::SendAnswer::sent);
        std::string code;
        for (const auto& mail : test::new_mails(m_w))
            if (mail.mail == "E7") code = test::parameter(mail, "code");
        return code;
    }
    Proven prove(const proof::Holder& holder, std::string typed)
    {
        return sync_wait(prove_address(m_w.world, holder, std::move(typed)));
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    const test::Person m_ada = m_w.person();
};
INSTANTIATE_TEST_SUITE_P(Engines, SettleAddress, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(SettleAddress, OneChangeAtATime)
{
    const auto first = begin(new_address);
    const std::string code = sent_code(first);
    const auto second = begin("ada@third.example");
    const std::string late = sent_code(second);
    EXPECT_EQ(prove(first, code), Proven::change_waits);
    EXPECT_EQ(prove(second, late), Proven::over);
    EXPECT_EQ(sync_wait(show(m_w.world, second)).change->change.after, new_address);
}

TEST_P(SettleAddress, NotByASessionThatHasEnded)
{
    const auto holder = begin(new_address);
    const std::string code = sent_code(holder);
    m_w.transact([&](db::Tx& tx) { store::end_sessions(tx, m_ada.id, std::nullopt, m_w.clock.now()); });
    EXPECT_EQ(prove(holder, code), Proven::over);
    EXPECT_FALSE(sync_wait(show(m_w.world, holder)).change);
}

TEST_P(SettleAddress, NotInAnAccountThatWasLockedMeanwhile)
{
    const auto holder = begin(new_address);
    const std::string code = sent_code(holder);
    test::put_state(m_w, m_ada.id, "locked");
    EXPECT_EQ(prove(holder, code), Proven::over);
    test::put_state(m_w, m_ada.id, "active");
    EXPECT_FALSE(sync_wait(show(m_w.world, holder)).change);
    EXPECT_EQ(prove(holder, code), Proven::change_waits) << "and nothing was spent";
}

TEST_P(SettleAddress, OfOneAccountEvenInOneSession)
{
    const auto holder = begin(new_address);
    const std::string code = sent_code(holder);
    auto moved = holder;
    moved.account = m_w.person({.email = "eve@mail.example"}).id;
    EXPECT_FALSE(sync_wait(find_set_up(m_w.world, moved)));
    EXPECT_EQ(sync_wait(send_address_code(m_w.world, moved)).answer, proof::SendAnswer::wait);
    EXPECT_EQ(prove(moved, code), Proven::over);
}

// Each to another address and from another network, so that only the account's own day stands in the way.
TEST_P(SettleAddress, AnAccountAsksForTenCodesADay)
{
    std::int64_t sent = 0;
    for (int n = 0; n < 14; ++n) {
        auto holder = begin("n" + std::to_string(n) + "@new.example");
        holder.asker = test::stranger("192.0.2." + std::to_string(n + 1));
        sent += sync_wait(send_address_code(m_w.world, holder)).answer == proof::SendAnswer::sent;
    }
    EXPECT_EQ(sent, account_codes_max);
    EXPECT_EQ(account_codes_max, 10);
    m_w.clock.advance(account_codes_window);
    EXPECT_FALSE(sent_code(begin(new_address)).empty()) << "and the next day again";
}

TEST_P(SettleAddress, NotWhereSomebodyHasTheAddressMeanwhile)
{
    const auto holder = begin(new_address);
    const std::string code = sent_code(holder);
    m_w.person({.email = new_address});
    EXPECT_EQ(prove(holder, code), Proven::wrong) << "as if no code had gone there";
    EXPECT_FALSE(sync_wait(show(m_w.world, holder)).change);
}

}  // namespace
}  // namespace sallyport::addresses
