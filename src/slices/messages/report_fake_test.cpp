// P12 as the use case, on both engines: what is kept, for how long, what floods cost, who is told what, and
// that no mail has a word of a reporter's.
#include "slices/messages/report_fake.h"

#include "store/events.h"
#include "store/fake_reports.h"
#include "support/dkim_keys.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::messages {
namespace {

using policy::fake_reports::Finding;
using policy::fake_reports::Limits;
using store::FakeNameKind;
using namespace std::string_literals;

constexpr Limits limits;
constexpr char text[] = "Your funds are at risk: https://login.evil.com/x";
const std::string picture = "\x89PNG\r\n\x1a\n"s + std::string(100, '\0');

class ReportFake : public testing::TestWithParam<db::test::Engine> {
protected:
    FakeOutcome report(FakeCommand command, const std::string& network = "192.0.2.7")
    {
        if (command.channel.empty()) command.channel = "mail";
        return sync_wait(report_fake(m_w.world, m_checks, test::stranger(network), std::move(command)));
    }
    store::FakeReport row(const FakeOutcome& outcome)
    {
        const auto found = m_w.transact([&](db::Tx& tx) {
            return store::find_fake_report(tx, typed_reference(outcome.reference).value_or(""));
        });
        CHECK(found.has_value());
        return *found;
    }
    std::vector<store::FakeCluster> clusters(Duration of = std::chrono::days{30})
    {
        return m_w.transact([&](db::Tx& tx) { return store::fake_clusters(tx, m_w.clock.now() - of, 100); });
    }
    void forget()
    {
        const Instant now = m_w.clock.now();
        m_w.transact([&](db::Tx& tx) {
            store::forget_fake_reports(tx, policy::fake_reports::forgotten_until(now, limits),
                                       policy::fake_reports::contents_forgotten_until(now, limits), 100);
        });
    }
    bool answer(const FakeOutcome& outcome, Finding finding)
    {
        return m_w.transact([&](db::Tx& tx) {
            return store::put_finding(tx, typed_reference(outcome.reference).value_or(""), finding);
        });
    }
    std::vector<std::string> history()
    {
        std::vector<std::string> kinds;
        for (const auto& one : m_w.transact([&](db::Tx& tx) { return store::events_of(tx, m_ada.id, 100); }))
            kinds.push_back(one.kind);
        return kinds;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Person m_ada = m_w.person();
    std::shared_ptr<MailChecks> m_checks = std::make_shared<MailChecks>(DkimKeys{});
};
INSTANTIATE_TEST_SUITE_P(Engines, ReportFake, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(ReportFake, IsKeptSealedForOperators)
{
    FakeCommand command{text, picture, "x@evil.com", "text", {.password = true, .money = true}, {}};
    const auto outcome = report(command);
    EXPECT_TRUE(outcome.reference.starts_with("F-"));
    EXPECT_TRUE(outcome.advice.lock && outcome.advice.change_password && outcome.advice.write_to_us);
    const auto kept = row(outcome);
    EXPECT_EQ(kept.channel, "text");
    EXPECT_EQ(kept.given, "password money");
    EXPECT_EQ(kept.made_at, m_w.clock.now());
    EXPECT_EQ(kept.account, std::nullopt);
    EXPECT_FALSE(kept.signed_by_us);
    const auto content = content_of_fake(m_w.keys.keys, kept.reference, kept.content);
    ASSERT_TRUE(content.has_value());
    EXPECT_EQ(content->text, text);
    EXPECT_EQ(content->where, "x@evil.com");
    const auto opened =
        store::opened_fake(m_w.keys.keys, kept.reference, store::FakePart::picture, kept.picture);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->reveal_text(), picture);
    const std::string_view sealed = as_text(kept.content);
    EXPECT_EQ(sealed.find("evil"), std::string_view::npos) << "a reader of the database reads none of it";
    EXPECT_EQ(content_of_fake(m_w.keys.keys, "0000000000", kept.content), std::nullopt) << "another report's";
    EXPECT_EQ(store::opened_fake(m_w.keys.keys, kept.reference, store::FakePart::picture, kept.content),
              std::nullopt);
}

TEST_P(ReportFake, AreCountedByHostAndSenderAndNetwork)
{
    report({"https://a.evil.com/1", {}, {}, {}, {}, {}}, "192.0.2.7");
    report({"https://b.evil.com/2", {}, {}, {}, {}, {}}, "192.0.2.7");
    m_w.clock.advance(std::chrono::hours{1});
    report({"https://evil.com/3", {}, "+351912345678", {}, {}, {}}, "192.0.2.8");
    report({"https://other.net/", {}, {}, {}, {}, {}}, "192.0.2.9");
    const auto all = clusters();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].cluster, "evil.com") << "the most networks first";
    EXPECT_EQ(all[0].kind, FakeNameKind::host);
    EXPECT_EQ(all[0].reports, 3);
    EXPECT_EQ(all[0].networks, 2) << "who reports much counts once";
    EXPECT_EQ(all[0].last - all[0].first, Duration{std::chrono::hours{1}});
    EXPECT_EQ(all[1].cluster, "+351912345678");
    EXPECT_EQ(all[1].kind, FakeNameKind::sender);
    EXPECT_EQ(all[2].cluster, "other.net");
    const auto references = m_w.transact([](db::Tx& tx) { return store::fakes_in(tx, "evil.com", 100); });
    EXPECT_EQ(references.size(), 3u);
    const auto names = m_w.transact([](db::Tx& tx) { return store::names_in(tx, "evil.com", 100); });
    EXPECT_EQ(names.size(), 3u);
    EXPECT_EQ(clusters(std::chrono::hours{1}).size(), 3u);
    EXPECT_EQ(clusters(std::chrono::hours{1})[0].reports, 1);
}

TEST_P(ReportFake, ANetworkHasTenAnHourAndKeepsFiveTextsADay)
{
    for (int i = 0; i < limits.reports_max; ++i) {
        const auto outcome = report({text, {}, {}, {}, {}, {}});
        ASSERT_FALSE(outcome.wait_until.has_value()) << i;
        EXPECT_EQ(row(outcome).content.empty(), i >= limits.contents_max) << i;
    }
    const auto refused = report({text, {}, {}, {}, {}, {}});
    ASSERT_TRUE(refused.wait_until.has_value());
    EXPECT_EQ(*refused.wait_until, m_w.clock.now() + limits.window);
    EXPECT_TRUE(refused.reference.empty());
    EXPECT_EQ(clusters()[0].reports, limits.reports_max) << "names of a flood still count";
    EXPECT_FALSE(report({text, {}, {}, {}, {}, {}}, "192.0.2.8").wait_until.has_value()) << "another network";
    m_w.clock.advance(limits.window);
    EXPECT_FALSE(report({text, {}, {}, {}, {}, {}}).wait_until.has_value());
}

TEST_P(ReportFake, TextsOfAllTogetherFillNoDisk)
{
    int kept = 0;
    for (int network = 0; network < limits.contents_all_max / limits.contents_max + 2; ++network)
        for (int i = 0; i < limits.contents_max; ++i) {
            const std::string from =
                "198.51." + std::to_string(network / 100) + "." + std::to_string(network % 100);
            kept += row(report({text, picture, {}, {}, {}, {}}, from)).picture.empty() ? 0 : 1;
        }
    EXPECT_EQ(kept, limits.contents_all_max);
    m_w.clock.advance(limits.contents_window);
    EXPECT_FALSE(row(report({text, picture, {}, {}, {}, {}})).picture.empty());
}

TEST_P(ReportFake, IsForgottenInTime)
{
    const auto outcome = report({text, picture, {}, {}, {}, {}});
    m_w.clock.advance(limits.contents_kept - Duration{1});
    forget();
    EXPECT_FALSE(row(outcome).content.empty());
    m_w.clock.advance(Duration{1});
    forget();
    EXPECT_TRUE(row(outcome).content.empty());
    EXPECT_TRUE(row(outcome).picture.empty());
    EXPECT_EQ(clusters(limits.kept).size(), 1u) << "what it named is kept longer";
    m_w.clock.advance(limits.kept - limits.contents_kept);
    forget();
    EXPECT_TRUE(clusters(limits.kept + std::chrono::days{1}).empty());
}

TEST_P(ReportFake, WhoWasSignedInIsToldByNumberAlone)
{
    FakeCommand command{text, picture, "https://evil.com/<b>", "mail", {.code = true}, m_ada.id};
    const auto outcome = report(command);
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 1u);
    EXPECT_EQ(mails[0].mail, "E57");
    EXPECT_EQ(test::parameter(mails[0], "case"), outcome.reference);
    const std::set<std::string> ours{"at", "case", "words", "lock_code"};
    for (const auto& [name, value] : mails[0].parameters) {
        EXPECT_TRUE(ours.contains(name)) << name;
        EXPECT_EQ(value.find("evil"), std::string::npos) << name;
    }
    EXPECT_EQ(history().front(), "fake_reported");
    EXPECT_TRUE(answer(outcome, Finding::fake));
    EXPECT_FALSE(answer(outcome, Finding::genuine)) << "one finding";
    EXPECT_EQ(sync_wait(tell_findings(m_w.world)), 1);
    EXPECT_EQ(sync_wait(tell_findings(m_w.world)), 0) << "once";
    const auto told = test::new_mails(m_w);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].mail, "E57-fake");
    EXPECT_EQ(test::parameter(told[0], "case"), outcome.reference);
    EXPECT_EQ(history().front(), "fake_answered");
    const auto second = report({text, {}, {}, {}, {}, m_ada.id});
    EXPECT_TRUE(answer(second, Finding::genuine));
    EXPECT_EQ(sync_wait(tell_findings(m_w.world)), 1);
    m_w.clock.advance(std::chrono::minutes{15});
    std::set<std::string> later;
    for (const auto& one : test::new_mails(m_w)) later.insert(one.mail);
    EXPECT_EQ(later, (std::set<std::string>{"E57", "E57-genuine"})) << "the second report's own waits 15 min";
}

TEST_P(ReportFake, TwoWorkersTellAFindingOnce)
{
    constexpr int reports = 8;
    for (int i = 0; i < reports; ++i) {
        const auto outcome = report({text, {}, {}, {}, {}, m_ada.id});
        EXPECT_TRUE(answer(outcome, Finding::fake));
    }
    std::atomic<std::int64_t> told = 0;
    test::in_parallel(4, [&](int) { told += sync_wait(tell_findings(m_w.world)); });
    EXPECT_EQ(told, reports);
    const auto mails = test::new_mails(m_w);
    EXPECT_EQ(std::ranges::count(mails, "E57-fake", &store::OutboxMail::mail), reports);
}

TEST_P(ReportFake, AGenuineMailIsSaidToBearOurSignature)
{
    std::vector<DkimSelector> selectors;
    selectors.push_back({"e1", std::move(*crypto::DkimKey::parse(test::ed25519_pem()))});
    DkimKeys keys;
    EXPECT_TRUE(keys.add("e1._domainkey.exchange.example", selectors[0].key.record()));
    m_checks = std::make_shared<MailChecks>(std::move(keys));
    const DkimSigner signer("exchange.example", std::move(selectors));
    const std::string mail =
        "From: accounts@exchange.example\r\nTo: ada@mail.example\r\nSubject: x\r\n\r\nHello\r\n";
    const std::string ours = signer.signatures(mail, m_w.clock.now()) + mail;
    EXPECT_TRUE(report({ours, {}, {}, {}, {}, {}}).signed_by_us);
    EXPECT_FALSE(report({ours + "more", {}, {}, {}, {}, {}}).signed_by_us) << "changed";
    EXPECT_FALSE(report({mail, {}, {}, {}, {}, {}}).signed_by_us);
}

TEST_P(ReportFake, AStrangerGetsNoMailAndNobodyIsToldOfIt)
{
    const auto outcome =
        report({"Reply-To: "s + m_ada.email.address() + "\r\n\r\n", {}, m_ada.email.address(), {}, {}, {}});
    EXPECT_TRUE(test::new_mails(m_w).empty()) << "not to an address that a report names";
    EXPECT_TRUE(answer(outcome, Finding::fake));
    EXPECT_EQ(sync_wait(tell_findings(m_w.world)), 1);
    EXPECT_TRUE(test::new_mails(m_w).empty());
}

TEST_P(ReportFake, WhatIsTooComplicatedIsReadAsText)
{
    std::string mail = "Content-Type: multipart/mixed; boundary=b\r\n\r\nhttps://evil.com/\r\n";
    for (std::size_t i = 0; i <= upload_types_max; ++i) mail += "Content-Type: text/plain\r\n";
    ASSERT_FALSE(read_upload(mail).has_value());
    const auto outcome = report({mail, {}, {}, {}, {}, {}});
    EXPECT_FALSE(outcome.reference.empty());
    EXPECT_EQ(clusters().at(0).cluster, "evil.com");
}

TEST_P(ReportFake, OnlyAPictureIsEnough)
{
    const auto outcome = report({{}, picture, {}, {}, {}, {}});
    EXPECT_TRUE(row(outcome).content.empty());
    EXPECT_FALSE(row(outcome).picture.empty());
}

TEST_P(ReportFake, WhereTheDatabaseFailsItIsThereWholeOrNotAtAll)
{
    using When = db::test::FailingDatabase::When;
    for (const When when : {When::before, When::after})
        for (std::uint64_t call = 1;; ++call) {
            m_w.clock.advance(limits.window);
            db::test::FailingDatabase failing(m_w.world.database);
            test::World other(failing, 100 + call);
            other.clock.advance(m_w.clock.now() - other.clock.now());
            const auto before = clusters().empty() ? 0 : clusters()[0].reports;
            failing.fail_call(call, when);
            bool failed = false;
            try {
                const FakeCommand command{text, {}, {}, "mail", {}, m_ada.id};
                sync_wait(report_fake(other.world, m_checks, test::stranger(), command));
            } catch (const Unavailable&) {
                failed = true;
            }
            const auto after = clusters().empty() ? 0 : clusters()[0].reports;
            const auto mails = test::new_mails(m_w).size();
            EXPECT_LE(after - before, 1);
            EXPECT_LE(mails, 1u);
            if (mails == 1) EXPECT_EQ(after, before + 1) << "no mail of a report that is not there";
            if (!failed) EXPECT_EQ(after, before + 1);
            if (failing.calls() < call) break;
        }
}

TEST(ReportFakeFiles, AreWhatTheirBytesSay)
{
    EXPECT_EQ(kind_of_file(picture), FileKind::picture);
    EXPECT_EQ(picture_type(picture), "png");
    EXPECT_EQ(picture_type("\xff\xd8\xff\xe0"), "jpeg");
    EXPECT_EQ(picture_type("RIFF\x01\x02\x03\x04WEBPVP8 "), "webp");
    EXPECT_EQ(picture_type("RIFF\x01\x02\x03\x04WAVE"), "");
    EXPECT_EQ(picture_type("RIFF"), "");
    EXPECT_EQ(kind_of_file("Subject: x\r\n\r\n\x89PNG"), FileKind::mail);
    EXPECT_EQ(kind_of_file("%PDF-1.7"), FileKind::other);
    EXPECT_EQ(kind_of_file("PK\x03\x04\0\0"s), FileKind::other);
    EXPECT_EQ(kind_of_file("<svg onload=alert(1)>"), FileKind::mail) << "text, never shown";
    EXPECT_EQ(kind_of_file(""), FileKind::mail);
}

TEST(ReportFakeReference, IsReadAsItIsTyped)
{
    EXPECT_EQ(shown_reference("7K2MBXQ4TR"), "F-7K2MB-XQ4TR");
    EXPECT_EQ(typed_reference("F-7K2MB-XQ4TR"), "7K2MBXQ4TR");
    EXPECT_EQ(typed_reference("f-7k2mb xq4tr"), "7K2MBXQ4TR");
    EXPECT_EQ(typed_reference("evil.com"), std::nullopt);
    EXPECT_EQ(typed_reference(""), std::nullopt);
}

}  // namespace
}  // namespace sallyport::messages
