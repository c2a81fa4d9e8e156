#include "adapters/breach_range.h"

#include "../../tests/support/child.h"
#include "base/check.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sallyport::adapters {
namespace {

constexpr char good_lines[] = "0018A45C4D1DEF81644B54AB7F969B88D65:42\n56D88B969F7BA45B44618FED1D4C54A8100:7";

class RangeService : public testing::Test {
protected:
    RangeService() : m_server({(test::support_folder() / "breach_range_server").string()})
    {
        m_url = "http://127.0.0.1:" + m_server.read_line().substr(5);
    }
    std::string ask(const std::string& prefix)
    {
        BreachRangeOptions options;
        options.base_url = m_url;
        options.answer_ms_max = std::chrono::milliseconds(700);
        HttpBreachRange service(std::move(options));
        return sync_wait(service.range(prefix));
    }
    test::Child m_server;
    std::string m_url;
};

TEST_F(RangeService, GivesTheRealLinesAndAsksForPadding)
{
    EXPECT_EQ(ask("00000"), good_lines);
    EXPECT_EQ(m_server.read_line(), "/range/00000 true");
}

TEST_F(RangeService, AnEmptyRangeIsAnAnswer) { EXPECT_EQ(ask("00007"), ""); }

TEST_F(RangeService, EveryFailureIsUnavailable)
{
    // status 500, late, rubbish, too much, hangs up, redirects, half a line
    for (const char* prefix : {"00001", "00002", "00003", "00004", "00005", "00006", "00008"})
        EXPECT_THROW((void)ask(prefix), Unavailable) << prefix;
    EXPECT_EQ(ask("00000"), good_lines);  // and then it works again
}

TEST_F(RangeService, WaitsNoLongerThanItsLimit)
{
    const auto before = std::chrono::steady_clock::now();
    EXPECT_THROW((void)ask("00002"), Unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(4));  // the service takes five
}

TEST_F(RangeService, NobodyThereIsUnavailable)
{
    m_server.stop();
    EXPECT_THROW((void)ask("00000"), Unavailable);
}

TEST_F(RangeService, ManyAtOnceShareConnections)
{
    BreachRangeOptions options;
    options.base_url = m_url;
    HttpBreachRange service(std::move(options));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(sync_wait(service.range("ABCDE")), good_lines);
}

TEST_F(RangeService, AsksForNothingButAPrefix)
{
    EXPECT_THROW((void)ask("0000"), ProgrammingError);
    EXPECT_THROW((void)ask("abcde"), ProgrammingError);
    EXPECT_THROW((void)ask("../00"), ProgrammingError);
}

struct Address {
    const char* url;
    bool taken;
};

TEST(RangeServiceOptions, TakeOnlyUsableAddresses)
{
    for (const Address& address :
         {Address{"https://range.example", true}, Address{"https://range.example:8443/pw", true},
          Address{"http://127.0.0.1:9000", true}, Address{"http://localhost/x", true},
          Address{"http://[::1]:9000", true}, Address{"http://range.example", false},
          Address{"http://localhost.evil.example", false}, Address{"https://", false},
          Address{"https://range.example/", false}, Address{"ftp://range.example", false},
          Address{"https://user@range.example", false}, Address{"", false}}) {
        BreachRangeOptions options;
        options.base_url = address.url;
        EXPECT_EQ(!HttpBreachRange::problem_with(options), address.taken) << address.url;
    }
}

}  // namespace
}  // namespace sallyport::adapters
