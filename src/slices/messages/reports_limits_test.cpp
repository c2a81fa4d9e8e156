// POST /mail/reports listens so often (policy/deliverability.h), on both engines.
#include "slices/messages/endpoints.h"

#include "crypto/envelope_tag.h"
#include "store/address_standings.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::messages {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr policy::deliverability::IntakeLimits limits;
constexpr auto secret = "0123456789abcdef0123456789abcdef";
const test::Form nonsense{{"kind", "delivered"}};

class ReportLimits : public testing::TestWithParam<db::test::Engine> {
protected:
    ReportLimits() { add_report_routes(m_doors.router, m_doors.access(), Secret::from_text(secret)); }
    http::Response post(const std::string& shown, test::Form form = nonsense, const char* from = "192.0.2.7")
    {
        http::Request request;
        request.method = http::Method::post;
        request.path = "/mail/reports";
        request.wants_json = true;
        request.client = *IpAddress::parse(from);
        request.headers.emplace_back("authorization", "Bearer " + shown);
        request.form = http::Fields(std::move(form));
        auto match = m_doors.router.match(request.method, request.path, http::Door::private_door);
        CHECK(match.route != nullptr);
        return sync_wait(match.route->handler(std::move(request)));
    }
    unsigned status(const std::string& shown, const char* from = "192.0.2.7")
    {
        return post(shown, nonsense, from).status;
    }
    /// As if so many had come in this minute.
    void have_come(std::int64_t reports)
    {
        EXPECT_EQ(status(secret), 422U);
        m_w.transact([reports](db::Tx& tx) {
            EXPECT_EQ(tx.execute("UPDATE budgets SET charged = $1 WHERE kind = 'reports'", reports), 1);
        });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::Doors m_doors{m_w};
};
INSTANTIATE_TEST_SUITE_P(Engines, ReportLimits, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(ReportLimits, WrongSecretsSilenceTheirNetworkForAMinute)
{
    for (std::int64_t i = 0; i < limits.wrong_secrets_max; ++i) EXPECT_EQ(status("wrong"), 401U);
    const auto refused = post("wrong");
    EXPECT_EQ(refused.status, 429U);
    EXPECT_EQ(test::header_of(refused, "Retry-After"), "60");
    EXPECT_NE(refused.body.find("too_many_secrets"), std::string::npos);
    EXPECT_EQ(status(secret), 429U) << "nobody there is told that this one is right";
    EXPECT_EQ(status(secret, "198.51.100.4"), 422U) << "another network is heard";
    m_w.clock.advance(seconds{59});
    EXPECT_EQ(test::header_of(post(secret), "Retry-After"), "1");
    m_w.clock.advance(seconds{1});
    EXPECT_EQ(status(secret), 422U);
    for (std::int64_t i = 0; i < 2 * limits.wrong_secrets_max; ++i)
        EXPECT_EQ(status(secret), 422U) << "a right one is no guess";
    EXPECT_EQ(status("wrong"), 401U);
}

TEST_P(ReportLimits, ParallelWrongSecretsAreCountedExactly)
{
    std::atomic<std::int64_t> told = 0;
    test::in_parallel(32, [&](int) {
        if (status("wrong") == 401) ++told;
    });
    EXPECT_EQ(told, limits.wrong_secrets_max);
}

/// What is put off was neither noted nor marked, and counts when it comes again.
TEST_P(ReportLimits, TooManyReportsComeAgainLaterAndNothingIsLost)
{
    const test::Person ada = m_w.person();
    m_w.transact([&](db::Tx& tx) {
        const Instant now = m_w.clock.now();
        store::put_mail(tx, m_w.keys.keys,
                        {m_w.random.id<OutboxId>(now), ada.id, "E19", ada.email.address(), "en", {}},
                        store::MailPriority::security, now);
        for (const auto& claimed : store::claim_mail(tx, m_w.keys.keys, 10, std::chrono::hours{1}, now))
            store::mark_delivered(tx, claimed.mail.id, now);
    });
    const auto serial =
        sync_wait(m_w.world.database.read("SELECT message_serial FROM outbox WHERE template = $1", "E19"))
            .integer(0, 0);
    const test::Form bounce{
        {"kind", "bounce"},
        {"status", "5.1.1"},
        {"to", crypto::tagged_address("bounces@mail.exchange.example",
                                      crypto::EnvelopeTags(m_w.keys.keys.index).make(serial))}};
    const auto marked = [&] {
        return m_w.transact([&](db::Tx& tx) {
            return policy::deliverability::is_undeliverable(
                store::load_standing(tx, m_w.keys.keys, ada.id, ada.email), m_w.clock.now(), {});
        });
    };
    have_come(limits.reports_max);
    EXPECT_EQ(status("wrong"), 401U) << "only who has the secret hears how many came";
    const auto refused = post(secret, bounce);
    EXPECT_EQ(refused.status, 429U);
    EXPECT_EQ(test::header_of(refused, "Retry-After"), "60");
    EXPECT_NE(refused.body.find("too_many_reports"), std::string::npos);
    EXPECT_FALSE(marked());
    m_w.clock.advance(limits.window);
    const auto taken = post(secret, bounce);
    EXPECT_EQ(taken.status, 200U) << taken.body;
    EXPECT_TRUE(marked());
}

TEST_P(ReportLimits, WrongSecretsCostTheReportsNothing)
{
    have_come(limits.reports_max - 1);
    EXPECT_EQ(status("wrong"), 401U);
    EXPECT_EQ(status(secret), 422U) << "the last of this minute";
    EXPECT_EQ(status(secret), 429U);
}

TEST_P(ReportLimits, ADatabaseThatFailsIsNoAnswer)
{
    db::test::with_each_call_failing(m_failing, 2, [&](const std::string&, auto fails) {
        fails([&] { EXPECT_EQ(status(secret), 422U); });
        EXPECT_EQ(status(secret), 422U);
    });
}

}  // namespace
}  // namespace sallyport::messages
