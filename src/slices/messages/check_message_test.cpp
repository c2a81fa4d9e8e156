// P11 and A15 as use cases, on both engines: what is found, what is one answer, and the budget.
#include "slices/messages/check_message.h"

#include "slices/messages/list_messages.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

using test::World;

class CheckMessage : public testing::TestWithParam<db::test::Engine> {
protected:
    /// A mail to `to`, and its number.
    std::string sent(const std::string& to)
    {
        const store::OutboxMail mail{
            m_w.random.id<OutboxId>(m_w.clock.now()), m_account, "E19", to, "en", {}};
        m_w.transact([&](db::Tx& tx) {
            store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, m_w.clock.now());
        });
        return test::new_mails(m_w).at(0).number;
    }
    CheckOutcome check(const std::string& number, const std::string& to, std::string network = "192.0.2.7")
    {
        const auto typed = crypto::parse_message_number(number);
        const auto recipient = typed_recipient(to);
        CHECK(typed && recipient);
        return sync_wait(check_message(m_w.world, std::move(network), *typed, recipient->text));
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    World m_w{m_fresh.database()};
    AccountId m_account = m_w.random.id<AccountId>(test::start_of_test);
};
INSTANTIATE_TEST_SUITE_P(Engines, CheckMessage, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(CheckMessage, SaysWhatWasSentToWhom)
{
    const std::string number = sent("ada@mail.example");
    const auto found = check(number, " ADA@mail.example");
    ASSERT_TRUE(found.message.has_value());
    EXPECT_EQ(found.message->mail, "E19");
    EXPECT_EQ(found.message->to, "a••@m••.example");
    EXPECT_FALSE(check(number, "bob@mail.example").message.has_value());
    m_w.clock.advance(std::chrono::days{180} - Duration{1});
    EXPECT_TRUE(check(number, "ada@mail.example").message.has_value());
    m_w.clock.advance(Duration{1});
    EXPECT_FALSE(check(number, "ada@mail.example").message.has_value());
}

// Issue C: 10,000 genuine, all found; each refused for another recipient. Through the rows, on both engines.
TEST_P(CheckMessage, TenThousandGenuineAreAllFound)
{
    constexpr int count = 10'000;
    std::vector<store::OutboxMail> mails;
    for (int i = 0; i < count; ++i)
        mails.push_back({m_w.random.id<OutboxId>(m_w.clock.now()),
                         m_account,
                         "E19",
                         "person" + std::to_string(i) + "@mail.example",
                         "en",
                         {}});
    m_w.transact([&](db::Tx& tx) {
        for (const auto& mail : mails)
            store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, m_w.clock.now());
    });
    constexpr std::int64_t at_once = 1000;
    std::vector<store::OutboxMail> sent_mails;
    while (sent_mails.size() < static_cast<std::size_t>(count)) {
        const auto claimed = m_w.transact([&](db::Tx& tx) {
            return store::claim_mail(tx, m_w.keys.keys, at_once, std::chrono::days{1}, m_w.clock.now());
        });
        ASSERT_FALSE(claimed.empty());
        for (const auto& one : claimed) sent_mails.push_back(one.mail);
    }
    const auto is_genuine = [&](const std::string& number, const std::string& to) {
        const auto found = sync_wait(store::find_message(m_w.world.database, m_w.keys.keys,
                                                         *crypto::parse_message_number(number), to));
        return policy::message_checks::judge(found.facts, m_w.clock.now(), {}) ==
               policy::message_checks::Answer::genuine;
    };
    int found = 0;
    int copied = 0;
    for (std::size_t i = 0; i < sent_mails.size(); ++i) {
        found += is_genuine(sent_mails[i].number, sent_mails[i].to) ? 1 : 0;
        copied += is_genuine(sent_mails[i].number, sent_mails[(i + 1) % sent_mails.size()].to) ? 1 : 0;
    }
    EXPECT_EQ(found, count);
    EXPECT_EQ(copied, 0);
}

TEST_P(CheckMessage, ANetworkHasTwentyAnHour)
{
    constexpr policy::message_checks::Limits limits;
    const std::string number = sent("ada@mail.example");
    for (std::int64_t i = 0; i < limits.checks_max; ++i)
        ASSERT_FALSE(check("V-0000-0000-0000-0000", "ada@mail.example").wait_until) << i;
    const auto limited = check(number, "ada@mail.example");
    EXPECT_EQ(limited.wait_until, test::start_of_test + limits.window);
    EXPECT_FALSE(limited.message.has_value()) << "nothing was looked up";
    EXPECT_TRUE(check(number, "ada@mail.example", "192.0.2.8").message.has_value());
    m_w.clock.advance(limits.window);
    EXPECT_TRUE(check(number, "ada@mail.example").message.has_value());
}

TEST_P(CheckMessage, TheListHasPages)
{
    for (std::int64_t i = 0; i < messages_a_page + 3; ++i) {
        sent("ada@mail.example");
        m_w.clock.advance(Duration{1});
    }
    const auto first = sync_wait(list_messages(m_w.world, m_account, std::nullopt));
    ASSERT_EQ(first.messages.size(), static_cast<std::size_t>(messages_a_page));
    ASSERT_TRUE(first.next.has_value());
    const auto place = place_of(text_of(*first.next));
    ASSERT_TRUE(place.has_value());
    const auto second = sync_wait(list_messages(m_w.world, m_account, place));
    EXPECT_EQ(second.messages.size(), 3U);
    EXPECT_FALSE(second.next.has_value());
    EXPECT_LT(second.messages[0].created_at, first.messages.back().created_at);
    const auto nobodys = m_w.random.id<AccountId>(test::start_of_test);
    EXPECT_TRUE(sync_wait(list_messages(m_w.world, nobodys, std::nullopt)).messages.empty());
    m_w.clock.advance(std::chrono::days{180});
    EXPECT_TRUE(sync_wait(list_messages(m_w.world, m_account, std::nullopt)).messages.empty());
}

TEST(TypedRecipient, IsAnAddressOrANumber)
{
    EXPECT_EQ(typed_recipient("Ada@Mail.example")->text, "Ada@mail.example");
    for (const char* typed : {"+351 912 345 678", "00351912345678", " +351-912-345-678 ", "+٣٥١٩١٢٣٤٥٦٧٨"})
        EXPECT_EQ(typed_recipient(typed)->text, "+351912345678") << typed;
    for (const char* typed : {"", "ada", "912345678", "ada@", "+1", "ada@mail.example, bob@mail.example"})
        EXPECT_FALSE(typed_recipient(typed).has_value()) << typed;
}

TEST(MessagePlaces, ComeBackOrAreTheBeginning)
{
    const store::MessagePlace place{test::start_of_test, OutboxId(Uuid{1, 2, 3})};
    const auto again = place_of(text_of(place));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->created_at, place.created_at);
    EXPECT_EQ(again->id, place.id);
    for (const char* text : {"", "-", "1795336301000", "1795336301000-", "x-y",
                             "-1-01932f5e-8a00-7000-8000-"
                             "0123456789ab",
                             "99999999999999999999-01932f5e-8a00-7000-8000-0123456789ab",
                             "253402300800001-01932f5e-8a00-7000-8000-0123456789ab"})
        EXPECT_FALSE(place_of(text).has_value()) << text;
}

}  // namespace
}  // namespace sallyport::messages
