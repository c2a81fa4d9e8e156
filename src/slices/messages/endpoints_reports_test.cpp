// The webhook of what became of our mails: on the private listener, for its secret, and nowhere where none is
// set. On both engines.
#include "crypto/envelope_tag.h"
#include "slices/messages/endpoints.h"
#include "slices/messages/take_report.h"
#include "store/address_standings.h"
#include "store/outbox.h"
#include "support/engines.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

constexpr char secret[] = "a secret of the relay's 7f3c";

class ReportsDoor : public testing::TestWithParam<db::test::Engine> {
protected:
    /// A mail that a relay took; the address in its envelope.
    std::string sent()
    {
        const Instant now = m_w.clock.now();
        const store::OutboxMail mail{m_w.random.id<OutboxId>(now), m_ada.id, "E19",
                                     m_ada.email.address(),        "en",     {}};
        const auto serial = m_w.transact([&](db::Tx& tx) {
            store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, now);
            store::mark_delivered(tx, mail.id, now);
            return tx.query("SELECT message_serial FROM outbox WHERE id = $1", mail.id.value()).integer(0, 0);
        });
        return crypto::tagged_address("bounces@mail.exchange.example", m_tags.make(serial));
    }
    http::Response post(const std::string& authorization, const std::string& to,
                        std::string_view known = secret)
    {
        http::Router router;
        add_report_routes(router, m_doors.access(), Secret::from_text(known));
        EXPECT_EQ(router.match(http::Method::post, "/mail/reports", http::Door::public_door).route, nullptr);
        const auto match = router.match(http::Method::post, "/mail/reports", http::Door::private_door);
        CHECK(match.route != nullptr);
        http::Request request;
        request.method = http::Method::post;
        request.path = "/mail/reports";
        request.wants_json = true;
        request.form = http::Fields({{"to", to}, {"kind", "bounce"}, {"status", "5.1.1"}});
        if (!authorization.empty()) request.headers.emplace_back("authorization", authorization);
        return sync_wait(match.route->handler(std::move(request)));
    }
    bool is_marked()
    {
        return m_w
            .transact(
                [&](db::Tx& tx) { return store::load_standing(tx, m_w.keys.keys, m_ada.id, m_ada.email); })
            .undeliverable_since.has_value();
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    crypto::EnvelopeTags m_tags{m_w.keys.index};
    const test::Person m_ada = m_w.person();
};
INSTANTIATE_TEST_SUITE_P(Engines, ReportsDoor, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(ReportsDoor, OpensForTheSecretOnly)
{
    const std::string whole(secret), mail = sent();
    for (const std::string& wrong :
         {std::string(), std::string("Bearer "), whole, "bearer " + whole, "Basic " + whole,
          "Bearer " + whole.substr(1), "Bearer " + whole + "0", "Bearer  " + whole})
        EXPECT_EQ(post(wrong, mail).status, 401U) << wrong;
    EXPECT_FALSE(is_marked());
    EXPECT_EQ(post("Bearer " + whole, mail).body, R"({"answer":"counted"})");
    EXPECT_TRUE(is_marked());
}

TEST_P(ReportsDoor, IsShutWhereNoSecretIsSet)
{
    const std::string mail = sent();
    for (const char* const any : {"", "Bearer ", "Bearer x"})
        EXPECT_EQ(post(any, mail, "").status, 404U) << any;
    EXPECT_FALSE(is_marked());
}

// Even who has the secret needs a mail of ours.
TEST_P(ReportsDoor, TheSecretMakesNoTagRight)
{
    sent();
    EXPECT_EQ(post("Bearer " + std::string(secret), "bounces@mail.exchange.example").body,
              R"({"answer":"forged"})");
    EXPECT_FALSE(is_marked());
}

}  // namespace
}  // namespace sallyport::messages
