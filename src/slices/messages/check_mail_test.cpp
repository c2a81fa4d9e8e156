// P11 for whole mails, as the use case, on both engines: mails that really left by the outbox worker, and
// what people and forgers make of them.
#include "slices/messages/check_mail.h"

#include "slices/messages/deliver_fixture.h"
#include "slices/messages/mails.h"
#include "support/dkim_keys.h"
#include "support/world.h"

#include <gtest/gtest.h>

#include <map>

namespace sallyport::messages {
namespace {

using policy::mail_checks::Part;
using policy::mail_checks::Signature;
using policy::mail_checks::Verdict;
using Parts = std::map<std::string, Part>;

constexpr char ada[] = "ada@mail.example";

class CheckMail : public testing::TestWithParam<db::test::Engine> {
protected:
    CheckMail()
    {
        std::vector<DkimSelector> selectors;
        selectors.push_back({"e1", std::move(*crypto::DkimKey::parse(sallyport::test::ed25519_pem()))});
        DkimKeys keys;
        EXPECT_TRUE(keys.add("e1._domainkey.exchange.example", selectors[0].key.record()));
        m_signer = std::make_shared<const DkimSigner>("exchange.example", std::move(selectors));
        m_checks = std::make_shared<MailChecks>(std::move(keys));
    }

    /// A mail to `to`, as the relay got it.
    std::string sent(const std::string& to, bool is_signed = true)
    {
        const store::OutboxMail mail{m_w.random.id<OutboxId>(m_w.clock.now()),
                                     m_account,
                                     "E11",
                                     to,
                                     "en",
                                     {{"at", std::to_string(to_unix_ms(m_w.clock.now()))},
                                      {"browser", "Samsung Internet"},
                                      {"address", "192.0.2.7"},
                                      {"words", "amber lantern 4821"}}};
        m_w.transact([&](db::Tx& tx) {
            store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, m_w.clock.now());
        });
        test::Relay relay;
        Sender sender{"Exchange", *Email::parse("accounts@exchange.example"), "exchange.example"};
        if (is_signed) sender.dkim = m_signer;
        const MailBrand brand{"Exchange", "accounts.exchange.example"};
        const auto render = [brand](const store::OutboxMail& row, Instant at) {
            return render_mail(brand, row, at);
        };
        const Deliverer deliverer(m_fresh.database(), m_w.keys.keys, m_w.clock, relay, render, sender);
        const std::string raw = relay.wait_for(1)[0].raw;
        while (m_w.transact([](db::Tx& tx) { return store::waiting_mail(tx); }) > 0)
            std::this_thread::yield();
        return raw;
    }
    MailOutcome check(const std::string& mail, const std::string& to = ada, std::string network = "192.0.2.7")
    {
        return sync_wait(check_mail(m_w.world, m_checks, std::move(network), mail, to));
    }
    /// Verdict, and the parts that are not as sent.
    Parts wrong_parts(const MailOutcome& outcome)
    {
        Parts parts;
        for (const ComparedPart& part : outcome.parts)
            if (part.state != Part::same) parts.emplace(part.name, part.state);
        return parts;
    }
    static std::string replaced(std::string text, std::string_view what, std::string_view by)
    {
        const std::size_t found = text.find(what);
        EXPECT_NE(found, std::string::npos) << what;
        return text.replace(found, what.size(), by);
    }
    static std::string unsigned_form(const std::string& raw) { return raw.substr(raw.find("Date: ")); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    sallyport::test::World m_w{m_fresh.database()};
    AccountId m_account = m_w.random.id<AccountId>(sallyport::test::start_of_test);
    std::shared_ptr<const DkimSigner> m_signer;
    std::shared_ptr<MailChecks> m_checks;
};
INSTANTIATE_TEST_SUITE_P(Engines, CheckMail, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(CheckMail, WhatLeftIsGenuineAsLongAsItIsKept)
{
    const std::string raw = sent(ada);
    const auto genuine = check(raw, "ADA@mail.example");
    EXPECT_EQ(genuine.verdict, Verdict::genuine);
    EXPECT_EQ(genuine.signature, Signature::whole);
    EXPECT_EQ(genuine.found, Found::itself);
    ASSERT_TRUE(genuine.message.has_value());
    EXPECT_EQ(genuine.message->mail, "E11");
    EXPECT_EQ(genuine.message->to, "a••@m••.example");
    EXPECT_EQ(genuine.parts.size(), kept_headers.size() + 2);
    EXPECT_TRUE(wrong_parts(genuine).empty());
    EXPECT_EQ(check("Received: by relay\r\n" + raw).verdict, Verdict::genuine);
    m_w.clock.advance(std::chrono::days{180} - Duration{1});
    EXPECT_EQ(check(raw).verdict, Verdict::genuine) << "by its hashes; the signature ended long ago";
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(check(raw).verdict, Verdict::never_sent);
}

TEST_P(CheckMail, HashesAloneAreEnough)
{
    const std::string raw = sent(ada, false);
    const auto genuine = check(raw);
    EXPECT_EQ(genuine.verdict, Verdict::genuine);
    EXPECT_EQ(genuine.signature, Signature::none);
}

TEST_P(CheckMail, TheVerdictNamesThePart)
{
    const std::string raw = sent(ada);
    struct Change {
        std::string mail;
        Parts parts;
    };
    const std::string boundary = "--=_" + raw.substr(raw.find("boundary=\"=_") + 12, 21);
    std::string with_attachment = raw;
    with_attachment.insert(with_attachment.rfind(boundary + "--"),
                           boundary + "\r\nContent-Type: application/pdf\r\n\r\nx\r\n");
    std::string without_html = raw;
    const std::size_t html = without_html.find(boundary + "\r\nContent-Type: text/html");
    without_html.erase(html, without_html.rfind(boundary + "--") - html);
    const std::vector<Change> changes{
        {replaced(raw, "Subject: New", "Subject: Old"), {{"Subject", Part::differs}}},
        {replaced(raw, "\"Exchange\"", "\"Exchange \xe2\x80\xae\""), {{"From", Part::differs}}},
        {replaced(raw, "accounts@exchange.example", "eve@mail.example"), {{"From", Part::differs}}},
        {replaced(raw, "To: <ada@", "To: <eve@"), {{"To", Part::differs}}},
        {replaced(raw, "Auto-Submitted: auto-generated\r\n", ""), {{"Auto-Submitted", Part::missing}}},
        {replaced(raw, "Date: ", "Reply-To: <eve@mail.example>\r\nDate: "), {{"Reply-To", Part::added}}},
        {replaced(raw, "Date: ", "Subject: Urgent\r\nDate: "), {{"Subject", Part::added}}},
        {replaced(raw, "Samsung Internet", "Samsung Intern3t"), {{"text", Part::differs}}},
        {replaced(raw, "<table", "<img src=3D\"//evil.example\"><table"), {{"html", Part::differs}}},
        {with_attachment, {{"attachment", Part::added}}},
        {without_html, {{"html", Part::missing}}}};
    for (const Change& change : changes) {
        const auto outcome = check(change.mail);
        EXPECT_EQ(outcome.verdict, Verdict::altered);
        EXPECT_EQ(wrong_parts(outcome), change.parts) << change.parts.begin()->first;
        EXPECT_TRUE(outcome.message.has_value()) << "it says what was sent";
    }
}

// Somebody else's mail, whatever is done to it, is one answer, and that says nothing.
TEST_P(CheckMail, WhatWasNotSentToThemIsOneAnswer)
{
    const std::string raw = sent(ada);
    const std::string bobs = replaced(raw, "To: <ada@", "To: <bob@");
    const std::string other_number = [&] {
        std::string out = raw;
        const std::string known = raw.substr(raw.find("Message-ID: <") + 13, 21);
        for (std::size_t at = out.find(known); at != std::string::npos; at = out.find(known, at))
            out.replace(at, known.size(), "V-0000-0000-0000-0000");
        return unsigned_form(out);
    }();
    for (const auto& [mail, to] :
         {std::pair{raw, "bob@mail.example"},
          {bobs, "bob@mail.example"},
          {bobs, "nobody@mail.example"},
          {other_number, ada},
          {std::string("a phishing text"), ada},
          {std::string("From: accounts@exchange.example\r\nTo: ada@mail.example\r\n\r\nPay now\r\n"), ada}}) {
        const auto outcome = check(mail, to, "192.0.2." + std::to_string(mail.size() % 200));
        EXPECT_EQ(outcome.verdict, Verdict::never_sent);
        EXPECT_TRUE(outcome.parts.empty());
        EXPECT_FALSE(outcome.message.has_value());
        EXPECT_EQ(outcome.signature, Signature::none);
    }
}

TEST_P(CheckMail, ForwardedMailIsJudgedAsFarAsPossible)
{
    const std::string raw = sent(ada);
    const std::string head =
        "From: ada@mail.example\r\nTo: bob@mail.example\r\nMessage-ID: <1@mail.example>\r\n";
    const auto attached = [&](const std::string& mail) {
        return head +
               "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nLook.\r\n--o\r\n"
               "Content-Type: message/rfc822\r\n\r\n" +
               mail + "\r\n--o--\r\n";
    };
    const auto whole = check(attached(raw));
    EXPECT_EQ(whole.verdict, Verdict::genuine);
    EXPECT_EQ(whole.found, Found::attached);
    EXPECT_EQ(whole.signature, Signature::whole);
    const auto changed = check(attached(replaced(raw, "Subject: New", "Subject: Old")));
    EXPECT_EQ(changed.verdict, Verdict::altered);
    EXPECT_EQ(wrong_parts(changed), (Parts{{"Subject", Part::differs}}));

    const auto read = read_upload(raw);
    ASSERT_TRUE(read.has_value());
    std::string inside = "Content-Type: text/plain; charset=utf-8\r\n\r\nLook at this.\r\n\r\n> ";
    for (const char c : read->front().around) inside.append(1, c).append(c == '\n' ? "> " : "");
    const auto quoted = check(head + inside);
    EXPECT_EQ(quoted.verdict, Verdict::partly);
    EXPECT_EQ(quoted.found, Found::quoted);
    Parts expected;
    for (const std::string_view name : kept_headers) expected.emplace(name, Part::unchecked);
    expected.emplace("html", Part::unchecked);
    EXPECT_EQ(wrong_parts(quoted), expected) << "the text is as it was sent";
    const auto unclear = check(head + replaced(inside, "Samsung", "Samsong"));
    EXPECT_EQ(unclear.verdict, Verdict::partly);
    expected.emplace("text", Part::unchecked);
    EXPECT_EQ(wrong_parts(unclear), expected);
    // Who also takes our name is measured as if it were ours.
    const std::string forged = "From: \"Exchange\" <accounts@exchange.example>\r\nSubject: Pay\r\n" + inside;
    const auto taken = check(forged);
    EXPECT_EQ(taken.verdict, Verdict::altered);
    EXPECT_EQ(taken.found, Found::itself);
    EXPECT_EQ(wrong_parts(taken).at("Message-ID"), Part::missing);
}

// A row that is lost (a backup was restored): the signature counts, for its seven days, for its recipient.
TEST_P(CheckMail, WithoutARowTheSignatureCountsUntilItEnds)
{
    const std::string raw = sent(ada);
    m_w.transact([](db::Tx& tx) { tx.execute("DELETE FROM outbox"); });
    const auto genuine = check(raw);
    EXPECT_EQ(genuine.verdict, Verdict::genuine);
    EXPECT_FALSE(genuine.message.has_value());
    EXPECT_EQ(check(raw + "Call us.\r\n").verdict, Verdict::altered);
    EXPECT_EQ(check(raw, "bob@mail.example").verdict, Verdict::never_sent);
    EXPECT_EQ(check(unsigned_form(raw)).verdict, Verdict::never_sent);
    m_w.clock.advance(dkim_life);
    EXPECT_EQ(check(raw).verdict, Verdict::never_sent);
}

// What left before hashes were kept: the number, and the signature.
TEST_P(CheckMail, WithoutHashesTheNumberSaysALittle)
{
    const std::string raw = sent(ada);
    const auto id = m_w.transact([](db::Tx& tx) { return tx.query("SELECT id FROM outbox").bytes(0, 0); });
    const std::string number = raw.substr(raw.find("Message-ID: <") + 13, 21);
    const store::OutboxMail row{*OutboxId::from_bytes(id), m_account, "E11", ada, "en", {}, number};
    const Bytes none = store::sealed_with_parts(m_w.keys.keys, row, {});
    m_w.transact([&](db::Tx& tx) { store::keep_parts(tx, row.id, none); });
    EXPECT_EQ(check(raw).verdict, Verdict::genuine) << "by its signature";
    EXPECT_EQ(check(raw + "Call us.\r\n").verdict, Verdict::altered);
    const auto number_only = check(unsigned_form(raw));
    EXPECT_EQ(number_only.verdict, Verdict::partly);
    EXPECT_EQ(number_only.found, Found::itself);
    EXPECT_TRUE(number_only.message.has_value());
    EXPECT_TRUE(number_only.parts.empty());
}

TEST_P(CheckMail, ItIsOneQuestionOfTheNetworksTwenty)
{
    constexpr policy::message_checks::Limits limits;
    const std::string raw = sent(ada);
    for (std::int64_t i = 0; i < limits.checks_max; ++i) {
        const auto outcome = check(i % 2 == 0 ? std::string() : std::string("x"));
        ASSERT_FALSE(outcome.wait_until) << i;
        ASSERT_EQ(outcome.problem.has_value(), i % 2 == 0);
    }
    const auto limited = check(raw);
    EXPECT_EQ(limited.wait_until, sallyport::test::start_of_test + limits.window);
    EXPECT_EQ(limited.verdict, Verdict::never_sent) << "nothing was read";
    EXPECT_EQ(check(raw, ada, "192.0.2.8").verdict, Verdict::genuine);
}

TEST_P(CheckMail, HashesAreKeptWhateverTheRelayAnswers)
{
    const store::OutboxMail mail{m_w.random.id<OutboxId>(m_w.clock.now()), m_account, "E9", ada, "en", {}};
    m_w.transact([&](db::Tx& tx) {
        store::put_mail(tx, m_w.keys.keys, mail, store::MailPriority::security, m_w.clock.now());
    });
    test::Relay relay;
    relay.answer(ports::MailOutcome::unclear);
    const Sender sender{"Exchange", *Email::parse("accounts@exchange.example"), "exchange.example"};
    const MailBrand brand{"Exchange", "accounts.exchange.example"};
    const auto render = [brand](const store::OutboxMail& row, Instant at) {
        return render_mail(brand, row, at);
    };
    const Deliverer deliverer(m_fresh.database(), m_w.keys.keys, m_w.clock, relay, render, sender);
    const std::string raw = relay.wait_for(1)[0].raw;
    const auto is_delayed = [](db::Tx& tx) {
        return !tx.query("SELECT 1 FROM outbox WHERE last_answer <> ''").empty();
    };
    while (!m_w.transact(is_delayed)) std::this_thread::yield();
    EXPECT_EQ(check(raw).verdict, Verdict::genuine) << "the relay may have taken it";
}

}  // namespace
}  // namespace sallyport::messages
