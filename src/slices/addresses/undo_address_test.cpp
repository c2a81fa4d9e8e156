// A11, afterwards: the old address brings itself back, for 30 days, and hears of everything until then.
#include "slices/addresses/test_change.h"

namespace sallyport::addresses {
namespace {

class UndoAddress : public AddressTest {};
INSTANTIATE_TEST_SUITE_P(Engines, UndoAddress, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(UndoAddress, TheOldAddressBringsItselfBackOnce)
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

TEST_P(UndoAddress, TheCodeOfTheAskingBringsItBackToo)
{
    const auto asked = ask(sign_in());
    m_w.clock.advance(hours{73});
    EXPECT_EQ(test::do_due(m_w), 1);
    EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + second_address)), StopAnswer::too_late);
    EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + old_address)), StopAnswer::undone);
    EXPECT_EQ(primary(), old_address);
}

TEST_P(UndoAddress, DueButNotDoneYetItIsStopped)
{
    const auto asked = ask(sign_in());
    m_w.clock.advance(hours{73});
    EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + old_address)), StopAnswer::stopped);
    EXPECT_EQ(test::do_due(m_w), 0);
    EXPECT_EQ(primary(), old_address);
    EXPECT_FALSE(owner_of(new_address));
}

TEST_P(UndoAddress, After30DaysTheOldAddressIsNobodys)
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

TEST_P(UndoAddress, TheOldAddressHearsOfEverythingButNewWords)
{
    const std::string old_words = words();
    const auto done = change();
    EXPECT_NE(words(), old_words) << "new ones, since whoever reads the old mailbox knows the old ones";
    const auto shown = [](const auto& mails, const std::string& mail, const char* to) {
        return test::parameter(mails.at(mail + " " + to), "words");
    };
    EXPECT_EQ(shown(done, "E30", new_address), words());
    EXPECT_EQ(test::parameter(done.at(std::string("E30 ") + new_address), "words_before"), old_words);
    EXPECT_EQ(shown(done, "E30", old_address), old_words) << "what it knows a genuine mail by";
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
    const std::string renewed = words();
    const auto before = changed_words("");
    m_w.clock.advance(Duration{1});
    const auto after = changed_words("violet anchor 7");
    for (const char* const to : {old_address, new_address, second_address}) {
        const bool is_old = to == old_address;
        EXPECT_EQ(shown(before, "E27", to), is_old ? old_words : renewed) << to;
        EXPECT_EQ(shown(after, "E27", to), is_old ? "" : "violet anchor 7") << to;
    }
}

TEST_P(UndoAddress, WhoeverLosesTheNewAddressKnowsTheWordsNoMore)
{
    const auto done = change();
    const std::string seen = words();
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(stop(stop_in(done, std::string("E30 ") + old_address)), StopAnswer::undone);
    EXPECT_NE(words(), seen);
}

TEST_P(UndoAddress, WhatWasBuiltOnAChangeFallsWithIt)
{
    const auto first = change();
    const auto second = change("ada@third.example");
    EXPECT_EQ(primary(), "ada@third.example");
    EXPECT_EQ(stop(stop_in(first, std::string("E30 ") + old_address)), StopAnswer::undone);
    EXPECT_EQ(primary(), old_address);
    EXPECT_EQ(stop(stop_in(second, std::string("E30 ") + new_address)), std::nullopt);
}

TEST_P(UndoAddress, AnOldAddressThatIsTakenCannotComeBack)
{
    const auto done = change();
    const auto eve = m_w.person({.email = old_address});
    EXPECT_EQ(stop(stop_in(done, std::string("E30 ") + old_address)), StopAnswer::too_late);
    EXPECT_TRUE(m_taken);
    EXPECT_EQ(primary(), new_address);
    EXPECT_EQ(owner_of(old_address), eve.id);
}

// Whoever brings it back may be a thief of the old mailbox: value waits once more, and longer than before.
TEST_P(UndoAddress, HoldsValueAnew)
{
    const auto done = change();
    m_w.clock.advance(hours{48});
    EXPECT_EQ(stop(stop_in(done, std::string("E30 ") + old_address)), StopAnswer::undone);
    const auto holds = m_w.credentials(m_ada.id).holds();
    Instant until{};
    for (const store::Hold& hold : holds) {
        EXPECT_EQ(hold.cause, policy::holds::Cause::email_changed);
        until = std::max(until, hold.until);
    }
    EXPECT_GE(until, m_w.clock.now() + hours{72});
}

}  // namespace
}  // namespace sallyport::addresses
