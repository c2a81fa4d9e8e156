// Both services of text messages against a real HTTP server that succeeds, fails, delays, answers rubbish and
// closes early.
#include "../../tests/support/child.h"
#include "adapters/text_webhook.h"
#include "adapters/twilio.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace sallyport::adapters {
namespace {

using ports::TextOutcome;

const std::string secret(32, 'k');
constexpr char arabic[] = "482130 رمز الدخول إلى Exchange.\n\n@exchange.example #482130";

class StoppedClock final : public ports::Clock {
public:
    [[nodiscard]] Instant now() const override { return from_unix_ms(1'795'331'501'999); }
};

enum class Which : std::uint8_t { webhook, twilio };

class Service : public testing::TestWithParam<Which> {
protected:
    Service() : m_server({(test::support_folder() / "text_service").string()})
    {
        m_url = "http://127.0.0.1:" + m_server.read_line().substr(5);
    }
    std::unique_ptr<ports::Texter> texter(std::chrono::milliseconds answer_ms_max)
    {
        PostOptions post;
        post.answer_ms_max = answer_ms_max;
        if (GetParam() == Which::webhook)
            return std::make_unique<TextWebhook>(
                TextWebhookOptions{m_url + "/hook", Secret::from_text(secret), post}, m_clock);
        TwilioOptions options{m_url, "AC1", "SK1", Secret::from_text(secret), "+15005550006", true, {}, post};
        return std::make_unique<Twilio>(std::move(options));
    }
    /// Only the late answer meets a short limit: on a loaded machine every other may take its time.
    ports::TextResult send(const std::string& to, bool call = false)
    {
        const auto limit = std::chrono::milliseconds(to.ends_with("02") ? 700 : 60'000);
        return sync_wait(texter(limit)->send({"id-1", to, arabic, "ar", call}));
    }
    boost::json::object seen() { return boost::json::parse(m_server.read_line()).as_object(); }
    const StoppedClock m_clock;
    test::Child m_server;
    std::string m_url;
};

TEST_P(Service, HandsOverNumberAndTextUnchanged)
{
    EXPECT_EQ(send("+351912345600").outcome, TextOutcome::accepted);
    const auto got = seen();
    EXPECT_TRUE(got.at("right").as_bool());  // signature or log-in
    if (GetParam() == Which::webhook) {
        EXPECT_EQ(got.at("stamp"), "1795331501");
        EXPECT_EQ(got.at("id"), "id-1");
        EXPECT_EQ(got.at("kind"), "text");
        EXPECT_EQ(got.at("to"), "+351912345600");
        EXPECT_EQ(got.at("text"), arabic);
        EXPECT_EQ(got.at("language"), "ar");
    } else {
        EXPECT_EQ(got.at("path"), "/2010-04-01/Accounts/AC1/Messages.json");
        EXPECT_EQ(got.at("To"), "+351912345600");
        EXPECT_EQ(got.at("From"), "+15005550006");
        EXPECT_EQ(got.at("Body"), arabic);
    }
}

TEST_P(Service, ACallSpeaksItsTextToTheNumber)
{
    const std::string spoken = "<Exchange> & you: 4, 8, 2. الرمز";
    const auto service = texter(std::chrono::milliseconds(60'000));
    for (const char* const language : {"ar", "en"}) {
        const auto result = sync_wait(service->send({"id-2", "+351212345600", spoken, language, true}));
        EXPECT_EQ(result.outcome, TextOutcome::accepted);
        const auto got = seen();
        EXPECT_TRUE(got.at("right").as_bool());
        if (GetParam() == Which::webhook) {
            EXPECT_EQ(got.at("kind"), "call");
            EXPECT_EQ(got.at("to"), "+351212345600");
            EXPECT_EQ(got.at("text").as_string(), spoken);
            EXPECT_EQ(got.at("language").as_string(), language);
            continue;
        }
        EXPECT_EQ(got.at("path"), "/2010-04-01/Accounts/AC1/Calls.json");
        EXPECT_EQ(got.at("To"), "+351212345600");
        EXPECT_EQ(got.at("From"), "+15005550006");
        EXPECT_FALSE(got.contains("Body"));
        const std::string twiml(got.at("Twiml").as_string());
        const bool arab = std::string_view(language) == "ar";
        EXPECT_EQ(twiml,
                  std::string(R"(<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/>)") +
                      (arab ? R"(<Say voice="Polly.Zeina" language="arb">)" : R"(<Say language="en-US">)") +
                      "&lt;Exchange&gt; &amp; you: 4, 8, 2. الرمز</Say></Response>");
    }
}

TEST_P(Service, WhatNobodyTookIsTriedAgain)
{
    for (const bool call : {false, true})
        for (const char* ending : {"01", "02", "03", "04", "05", "06", "08", "09", "10", "11", "12", "13"})
            EXPECT_EQ(send(std::string("+3519123456") + ending, call).outcome, TextOutcome::try_again)
                << ending;
    EXPECT_EQ(send("+351912345600").outcome, TextOutcome::accepted);  // and then it works again
}

TEST_P(Service, ARefusalIsFinal)
{
    EXPECT_EQ(send("+351912345607").outcome, TextOutcome::refused);
    EXPECT_EQ(send("+351912345607", true).outcome, TextOutcome::refused);
}

TEST_P(Service, WhatTheOperatorReadsHoldsNoNumberAndNoSecret)
{
    for (const char* ending : {"00", "01", "03", "05", "07", "08", "10", "12"}) {
        const bool call = std::string_view(ending) < "06";
        const std::string detail = send(std::string("+3519123456") + ending, call).detail;
        EXPECT_FALSE(detail.empty());
        for (const std::string& hidden : {std::string("9123456"), std::string("482130"), secret})
            EXPECT_EQ(detail.find(hidden), std::string::npos) << detail;
    }
}

TEST_P(Service, WaitsNoLongerThanItsLimit)
{
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(send("+351912345602").outcome, TextOutcome::try_again);
    EXPECT_LT(std::chrono::steady_clock::now() - before,
              std::chrono::seconds(30));  // the service takes sixty
}

TEST_P(Service, NobodyThereIsTriedAgain)
{
    m_server.stop();
    EXPECT_EQ(send("+351912345600").outcome, TextOutcome::try_again);
}

TEST_P(Service, ManyAtOnceAllArrive)
{
    constexpr int texts = 20;
    const auto service = texter(std::chrono::milliseconds(10'000));
    for (int i = 0; i < texts; ++i)
        EXPECT_EQ(sync_wait(service->send({"id", "+351912345600", "a", "en"})).outcome,
                  TextOutcome::accepted);
}

INSTANTIATE_TEST_SUITE_P(Texters, Service, testing::Values(Which::webhook, Which::twilio),
                         [](const auto& which) {
                             return which.param == Which::webhook ? "Webhook" : "Twilio";
                         });

TEST(TexterOptions, TakeOnlyUsableOnes)
{
    const auto hook = [](const char* url, const std::string& key) {
        TextWebhookOptions options{url, Secret::from_text(key)};
        return !TextWebhook::problem_with(options);
    };
    EXPECT_TRUE(hook("https://sms.example/hook", secret));
    EXPECT_TRUE(hook("http://127.0.0.1:9000/hook", secret));
    EXPECT_FALSE(hook("http://sms.example/hook", secret));
    EXPECT_FALSE(hook("https://sms.example/hook", secret.substr(1)));
    const auto twilio = [](const char* account, const char* key, const char* from, const char* word) {
        TwilioOptions options;
        options.account = account;
        options.key = key;
        options.from = from;
        options.secret = Secret::from_text(word);
        return !Twilio::problem_with(options);
    };
    EXPECT_TRUE(twilio("AC1", "", "+15005550006", "s"));
    EXPECT_TRUE(twilio("AC1", "SK1", "MG1", "s"));
    EXPECT_FALSE(twilio("AC1/../x", "", "+15005550006", "s"));
    EXPECT_FALSE(twilio("AC1", "a:b", "+15005550006", "s"));
    EXPECT_FALSE(twilio("AC1", "", "", "s"));
    EXPECT_FALSE(twilio("AC1", "", "+1 500", "s"));
    EXPECT_FALSE(twilio("AC1", "", "+15005550006", ""));
    const auto caller = [](const char* from, const char* call_from) {
        TwilioOptions options;
        options.account = "AC1";
        options.from = from;
        options.secret = Secret::from_text("s");
        options.calls = true;
        options.call_from = call_from;
        return !Twilio::problem_with(options);
    };
    EXPECT_TRUE(caller("+15005550006", ""));
    EXPECT_TRUE(caller("MG1", "+15005550006"));
    EXPECT_FALSE(caller("MG1", "")) << "a messaging service calls nobody";
    EXPECT_FALSE(caller("+15005550006", "Exchange"));
    EXPECT_FALSE(caller("MG1", "+"));
}

}  // namespace
}  // namespace sallyport::adapters
