// An address that mails did not reach is confirmed again, by its page and as a use case, on both engines.
#include "slices/addresses/confirm_again.h"

#include "slices/addresses/endpoints.h"
#include "slices/addresses/test_change.h"
#include "store/address_standings.h"
#include "support/each_call.h"

namespace sallyport::addresses {
namespace {

constexpr auto path = "/account/email/again";

class ConfirmAgain : public AddressTest {
protected:
    ConfirmAgain()
    {
        add_routes(m_doors.router, m_doors.access());
        m_doors.cookie = m_browser.cookie;
    }
    void mark(const char* address)
    {
        policy::deliverability::Standing standing;
        standing.failures = 1;
        standing.first_failure_at = standing.undeliverable_since = m_w.clock.now();
        m_w.transact([&](db::Tx& tx) {
            store::put_standing(tx, m_w.keys.keys, m_ada.id, *Email::parse(address), standing);
        });
    }
    bool is_marked(const char* address)
    {
        return m_w.transact([&](db::Tx& tx) {
            const auto standing = store::load_standing(tx, m_w.keys.keys, m_ada.id, *Email::parse(address));
            return policy::deliverability::is_undeliverable(standing, m_w.clock.now(), {});
        });
    }
    proof::Holder holder() { return {m_ada.id, m_browser.session, m_browser.level, m_browser.asker}; }
    std::string channel(const char* address)
    {
        for (const store::Channel& one : m_w.credentials(m_ada.id).channels())
            if (one.address.address() == address) return one.id.text();
        return {};
    }
    test::Form to(const char* address) { return {{"channel", channel(address)}}; }
    /// The code in the one mail that was sent since, which went there.
    std::string mailed(const std::string& address)
    {
        const auto sent = mails();
        EXPECT_EQ(sent.size(), 1U);
        const auto at = sent.find("E7-again " + address);
        if (at == sent.end()) return {};
        EXPECT_FALSE(test::parameter(at->second, "words").empty()) << "the account's own address";
        EXPECT_FALSE(test::parameter(at->second, "browser").empty());
        EXPECT_FALSE(test::parameter(at->second, "lock_code").empty());
        return test::parameter(at->second, "code");
    }
    static std::string other(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

    test::Doors m_doors{m_w};
    test::Browser m_browser = test::sign_in(m_w, m_ada.id);
};
INSTANTIATE_TEST_SUITE_P(Engines, ConfirmAgain, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(ConfirmAgain, EitherAddressByTheCodeThatWentThere)
{
    for (const char* const address : {old_address, second_address}) {
        mark(address);
        const bool primary = address == std::string(old_address);
        auto page = m_doors.get(path);
        EXPECT_FALSE(page.at("sent").as_bool());
        ASSERT_EQ(page.at("others").as_array().size(), 1U);
        EXPECT_EQ(page.at("others").at(0).at("address").as_string(), address);
        EXPECT_EQ(page.at("others").at(0).at("primary").as_bool(), primary);
        EXPECT_EQ(m_doors.next(std::string(path) + "/send", to(address)), path);
        const std::string code = mailed(address);
        page = m_doors.get(path);
        EXPECT_TRUE(page.at("sent").as_bool());
        EXPECT_EQ(page.at("address").as_string(), address);
        EXPECT_TRUE(page.at("others").as_array().empty());
        EXPECT_EQ(m_doors.refused(path, {{"code", other(code)}}), "422 code_not_right");
        EXPECT_EQ(m_doors.refused(path, {{"code", "12"}}), "422 input_missing");
        EXPECT_TRUE(is_marked(address));
        EXPECT_EQ(m_doors.next(path, {{"code", code}}), std::string(path) + "?done=confirmed");
        EXPECT_FALSE(is_marked(address));
        EXPECT_EQ(m_doors.refused(path, {{"code", code}}), "422 code_over") << "once";
        EXPECT_TRUE(mails().empty()) << "nobody has to hear of it";
        m_w.clock.advance(std::chrono::minutes{11});
    }
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "email_confirmed_again"), 2);
    EXPECT_NE(m_doors.page(std::string(path) + "?done=confirmed").find("reach you again"), std::string::npos);
    EXPECT_NE(m_doors.page(path).find("nothing to confirm"), std::string::npos);
}

TEST_P(ConfirmAgain, OneCodeClearsOneAddress)
{
    mark(old_address);
    mark(second_address);
    const std::string send = std::string(path) + "/send";
    EXPECT_EQ(m_doors.get(path).at("others").as_array().size(), 2U);
    EXPECT_EQ(m_doors.next(send, to(old_address)), path);
    const std::string first = mailed(old_address);
    EXPECT_EQ(m_doors.refused(send, to(second_address)), "429 code_sent_lately") << "a minute apart";
    m_w.clock.advance(std::chrono::minutes{1});
    EXPECT_EQ(m_doors.next(send, to(second_address)), path);
    const std::string second = mailed(second_address);
    if (first != second) {
        EXPECT_EQ(m_doors.refused(path, {{"code", first}}), "422 code_not_right") << "the newest counts";
    }
    EXPECT_EQ(m_doors.next(path, {{"code", second}}), std::string(path) + "?done=confirmed");
    EXPECT_TRUE(is_marked(old_address));
    EXPECT_FALSE(is_marked(second_address));
}

TEST_P(ConfirmAgain, OnlyAMarkedAddressOfTheAccountsOwn)
{
    const test::Person eve = m_w.person({.email = "eve@mail.example"});
    const std::string hers = m_w.credentials(eve.id).channels().at(0).id.text();
    const std::string send = std::string(path) + "/send";
    EXPECT_EQ(m_doors.refused(send, to(old_address)), "409 address_not_marked");
    mark(old_address);
    for (const std::string& wrong : {hers, std::string("x"), std::string()})
        EXPECT_EQ(m_doors.refused(send, {{"channel", wrong}}), "409 address_not_marked") << wrong;
    EXPECT_EQ(m_doors.refused(send, to(second_address)), "409 address_not_marked");
    EXPECT_TRUE(mails().empty());
}

/// It gives no power: a weak session may, and a code of another purpose, session or account does nothing
/// here.
TEST_P(ConfirmAgain, TheCodeIsForThisSessionAndThisPurpose)
{
    mark(old_address);
    m_browser = test::sign_in(m_w, m_ada.id, Level::aal1, {policy::Method::password});
    m_doors.cookie = m_browser.cookie;
    EXPECT_EQ(m_doors.next(std::string(path) + "/send", to(old_address)), path);
    const std::string code = mailed(old_address);
    const auto elsewhere = test::sign_in(m_w, m_ada.id);
    const proof::Holder second{m_ada.id, elsewhere.session, elsewhere.level, elsewhere.asker};
    EXPECT_EQ(sync_wait(confirm_again(m_w.world, second, code)), Again::code_over);
    EXPECT_EQ(begin(holder()), AskAnswer::needs_level);
    EXPECT_EQ(prove(holder(), code), Proven::over) << "it proves no new address";
    EXPECT_TRUE(is_marked(old_address));
    EXPECT_EQ(sync_wait(confirm_again(m_w.world, holder(), code)), Again::confirmed);
}

TEST_P(ConfirmAgain, AfterFiveWrongOnesOnlyANewCodeHelps)
{
    mark(old_address);
    const std::string send = std::string(path) + "/send";
    EXPECT_EQ(m_doors.next(send, to(old_address)), path);
    const std::string code = mailed(old_address);
    for (int i = 0; i < 5; ++i) (void)m_doors.refused(path, {{"code", other(code)}});
    EXPECT_EQ(m_doors.refused(path, {{"code", code}}), "422 code_over");
    EXPECT_TRUE(m_doors.get(path).at("dead").as_bool());
    EXPECT_TRUE(is_marked(old_address));
}

TEST_P(ConfirmAgain, NobodyFloodsAMailbox)
{
    mark(old_address);
    std::size_t sent = 0;
    for (int i = 0; i < 100; ++i) {
        auto asking = holder();  // from a network of its own each time
        asking.asker = test::stranger("198.51.100." + std::to_string(i));
        const auto id = ChannelId::parse(channel(old_address));
        (void)sync_wait(send_again_code(m_w.world, asking, id));
        sent += mails().size();
        m_w.clock.advance(std::chrono::minutes{10});
    }
    EXPECT_EQ(sent, static_cast<std::size_t>(again_codes_max));
}

TEST_P(ConfirmAgain, NotWhereTheSessionOrTheAddressIsGoneMeanwhile)
{
    const std::string send = std::string(path) + "/send";
    mark(second_address);
    EXPECT_EQ(m_doors.next(send, to(second_address)), path);
    std::string code = mailed(second_address);
    m_w.transact([&](db::Tx& tx) { store::end_sessions(tx, m_ada.id, std::nullopt, m_w.clock.now()); });
    EXPECT_EQ(sync_wait(confirm_again(m_w.world, holder(), code)), Again::code_over);
    EXPECT_TRUE(is_marked(second_address));

    m_w.clock.advance(std::chrono::minutes{1});
    m_browser = test::sign_in(m_w, m_ada.id);
    m_doors.cookie = m_browser.cookie;
    EXPECT_EQ(m_doors.next(send, to(second_address)), path);
    code = mailed(second_address);
    const auto id = ChannelId::parse(channel(second_address));
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.remove_channel(*id);
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    EXPECT_EQ(m_doors.refused(path, {{"code", code}}), "422 code_over");
    EXPECT_FALSE(m_doors.get(path).at("sent").as_bool()) << "it is no address of the account's";
    EXPECT_EQ(test::events_of(m_w, m_ada.id, "email_confirmed_again"), 0);
}

TEST_P(ConfirmAgain, EachCallFailingLeavesNoHalf)
{
    db::test::with_each_call_failing(m_failing, 2, [&](const std::string&, auto fails) {
        m_w.clock.advance(hours{25});
        m_browser = test::sign_in(m_w, m_ada.id);
        mark(old_address);
        const auto id = ChannelId::parse(channel(old_address));
        ASSERT_EQ(sync_wait(send_again_code(m_w.world, holder(), id))->answer, proof::SendAnswer::sent);
        const std::string code = mailed(old_address);
        const auto before = test::events_of(m_w, m_ada.id, "email_confirmed_again");
        fails([&] { (void)sync_wait(confirm_again(m_w.world, holder(), code)); });
        const auto told = test::events_of(m_w, m_ada.id, "email_confirmed_again") - before;
        EXPECT_EQ(told, is_marked(old_address) ? 0 : 1) << "cleared and noted, or neither";
    });
}

}  // namespace
}  // namespace sallyport::addresses
